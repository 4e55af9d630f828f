/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A channel's operations may be called in a task with interrupts on: what its tasklet takes is taken with BHs disabled. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>

struct dma_chan;
struct dma_device { int (*device_terminate_all)(struct dma_chan *chan); };

static DEFINE_SPINLOCK(a);
static struct tasklet_struct tasklet;
static struct dma_device dev;

static void run(struct tasklet_struct *t)
{
	spin_lock(&a);
	spin_unlock(&a);
}

static int terminate(struct dma_chan *chan)
{
	spin_lock_bh(&a);
	spin_unlock_bh(&a);
	return 0;
}

static int __init setup(void)
{
	dev.device_terminate_all = terminate;
	tasklet_setup(&tasklet, run);
	return 0;
}
module_init(setup);
