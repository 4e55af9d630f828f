/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/spinlock.h>

struct itimer { int n; spinlock_t lock; };
