/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_IRQ_WORK_H
#define STUB_IRQ_WORK_H

#include <linux/kernel.h>

struct irq_work {
	int flags;
	void (*func)(struct irq_work *);
};
#define IRQ_WORK_INIT(_func) (struct irq_work){ .flags = 0, .func = (_func) }
static inline void init_irq_work(struct irq_work *work, void (*func)(struct irq_work *))
{
	*work = IRQ_WORK_INIT(func);
}
bool irq_work_queue(struct irq_work *work);

#endif
