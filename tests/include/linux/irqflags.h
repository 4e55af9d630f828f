/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_IRQFLAGS_H
#define STUB_IRQFLAGS_H

#include <linux/types.h>

unsigned long arch_local_irq_save(void);
unsigned long arch_local_save_flags(void);
void arch_local_irq_restore(unsigned long flags);
void arch_local_irq_disable(void);
void arch_local_irq_enable(void);
int arch_irqs_disabled_flags(unsigned long flags);
int arch_irqs_disabled(void);
void trace_hardirqs_on(void);
void trace_hardirqs_off(void);

#define raw_local_irq_disable() arch_local_irq_disable()
#define raw_local_irq_enable() arch_local_irq_enable()
#define raw_local_irq_save(flags) \
	do { typecheck(unsigned long, flags); flags = arch_local_irq_save(); } while (0)
#define raw_local_irq_restore(flags) \
	do { typecheck(unsigned long, flags); arch_local_irq_restore(flags); } while (0)
#define raw_irqs_disabled_flags(flags) \
	({ typecheck(unsigned long, flags); arch_irqs_disabled_flags(flags); })
#define raw_irqs_disabled() (arch_irqs_disabled())

#define local_irq_enable() do { trace_hardirqs_on(); raw_local_irq_enable(); } while (0)
#define local_irq_disable()						\
	do {								\
		bool was_disabled = raw_irqs_disabled();		\
		raw_local_irq_disable();				\
		if (!was_disabled)					\
			trace_hardirqs_off();				\
	} while (0)
#define local_irq_save(flags)						\
	do {								\
		raw_local_irq_save(flags);				\
		if (!raw_irqs_disabled_flags(flags))			\
			trace_hardirqs_off();				\
	} while (0)
#define local_irq_restore(flags)					\
	do {								\
		if (!raw_irqs_disabled_flags(flags))			\
			trace_hardirqs_on();				\
		raw_local_irq_restore(flags);				\
	} while (0)
#define irqs_disabled() ({ unsigned long _flags; _flags = arch_local_save_flags(); \
			   raw_irqs_disabled_flags(_flags); })
#endif
