/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tasklet_init() with the old kind of function: softirq. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void run(unsigned long data)
{
	spin_lock(&a);
	spin_unlock(&a);
}
static struct tasklet_struct tasklet;

SYSCALL_DEFINE0(plain)
{
	spin_lock_bh(&a);
	spin_unlock_bh(&a);
	return 0;
}

static int __init setup(void)
{
	tasklet_init(&tasklet, run, 0);
	return 0;
}
module_init(setup);
