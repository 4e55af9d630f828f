/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DECLARE_TASKLET(): softirq, known by the static initialiser only. */
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
static DECLARE_TASKLET(tasklet, run);

SYSCALL_DEFINE0(plain)
{
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}

static int __init setup(void)
{
	tasklet_schedule(&tasklet);
	return 0;
}
module_init(setup);
