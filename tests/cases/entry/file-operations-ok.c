/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A member of struct file_operations: process context. */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(a);

static int dev_open(struct inode *i, struct file *f)
{
	spin_lock_irq(&a);
	spin_unlock_irq(&a);
	return 0;
}

static const struct file_operations fops __used = { .open = dev_open };

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
