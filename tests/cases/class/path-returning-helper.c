/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A helper returns a path: file_inode(f)->i_lock is inode.i_lock. */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/syscalls.h>

static struct file *the_file;


static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&the_file->f_inode->i_lock);
	spin_unlock(&the_file->f_inode->i_lock);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	struct inode *inode = file_inode(the_file);

	spin_lock(&inode->i_lock);
	spin_unlock(&inode->i_lock);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&the_file->f_inode->i_lock);
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
