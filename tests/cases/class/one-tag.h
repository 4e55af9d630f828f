/* SPDX-License-Identifier: GPL-2.0-or-later */
struct priv { int irq; spinlock_t lock; };
