/* SPDX-License-Identifier: GPL-2.0-or-later */
/* include/linux/seq_file.h: what start() takes next() gives back, and takes again: BHs were off when next() was called. */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(a);
static struct timer_list timer;

static void on_timer(struct timer_list *t)
{
	spin_lock(&a);
	spin_unlock(&a);
}

static ssize_t next(struct file *f, char *buf, size_t n, loff_t *pos)
{
	spin_unlock_bh(&a);
	spin_lock_bh(&a);
	return 0;
}

static const struct file_operations ops = { .read = next };

static int __init setup(void)
{
	timer_setup(&timer, on_timer, 0);
	return ops.read == NULL;
}
module_init(setup);
