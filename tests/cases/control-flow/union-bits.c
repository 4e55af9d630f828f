/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bits of a register and the whole of it share their memory: what the register is read into is in the bits. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

union control {
	struct { unsigned reset : 1, rest : 31; } bits;
	unsigned reg;
};

unsigned read_control(void);
void write_control(unsigned reg);

static int reset(void)
{
	union control c;

	c.reg = 0;
	c.bits.reset = 1;
	write_control(c.reg);
	c.reg = read_control();
	return c.bits.reset ? -5 : 0;
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	if (reset())
		return -1;
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", 0);
}
module_init(setup);
