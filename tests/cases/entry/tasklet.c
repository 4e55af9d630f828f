/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tasklet_setup(): softirq. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void run(struct tasklet_struct *t)
{
	spin_lock(&a);
	spin_unlock(&a);
}
static struct tasklet_struct tasklet;

SYSCALL_DEFINE0(plain)
{
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}

static int __init setup(void)
{
	tasklet_setup(&tasklet, run);
	return 0;
}
module_init(setup);
