/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_PREEMPT_H
#define STUB_PREEMPT_H

#include <linux/types.h>

#define PREEMPT_MASK 0x000000ff
#define SOFTIRQ_MASK 0x0000ff00
#define HARDIRQ_MASK 0x000f0000
#define NMI_MASK 0x00f00000
#define SOFTIRQ_OFFSET 0x100
#define SOFTIRQ_DISABLE_OFFSET (2 * SOFTIRQ_OFFSET)

int preempt_count(void);
void preempt_count_add(int val);
void preempt_count_sub(int val);

#define nmi_count() (preempt_count() & NMI_MASK)
#define hardirq_count() (preempt_count() & HARDIRQ_MASK)
#define softirq_count() (preempt_count() & SOFTIRQ_MASK)
#define irq_count() (nmi_count() | hardirq_count() | softirq_count())
#define in_task() (!((preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET))))
#define in_hardirq() (hardirq_count())
#define in_serving_softirq() (softirq_count() & SOFTIRQ_OFFSET)
#define in_irq() (hardirq_count())
#define in_softirq() (softirq_count())
#define in_interrupt() (irq_count())
#define preempt_disable() do { preempt_count_add(1); barrier(); } while (0)
#define preempt_enable() do { barrier(); preempt_count_sub(1); } while (0)

#endif
