/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/kernel.h>
#include <linux/init.h>
