/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_FS_H
#define STUB_FS_H

#include <linux/spinlock.h>

struct inode { spinlock_t i_lock; };
struct file {
	struct inode *f_inode;
	void *private_data;
};
struct file_operations {
	void *owner;
	ssize_t (*read)(struct file *, char __user *, size_t, loff_t *);
	ssize_t (*write)(struct file *, const char __user *, size_t, loff_t *);
	long (*unlocked_ioctl)(struct file *, unsigned int, unsigned long);
	int (*open)(struct inode *, struct file *);
	int (*release)(struct inode *, struct file *);
};
static inline struct inode *file_inode(const struct file *f)
{
	return f->f_inode;
}

#endif
