/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way that sleeps on the bus is that of devices whose table has no `request`, and the only table that there is has one:
 * what is behind its other operation is not reached so.
 */
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct dev { const struct dev_ops *ops; int n; };
struct dev_ops {
	int (*request)(struct dev *d);
	int (*raw)(struct dev *d);
};

static DEFINE_MUTEX(report);
static DEFINE_MUTEX(bus);
extern struct dev *dev_of(int n);

static int usb_request(struct dev *d)
{
	return d->n++;
}

static int usb_raw(struct dev *d)
{
	mutex_lock(&bus);
	d->n++;
	mutex_unlock(&bus);
	return 0;
}

static const struct dev_ops usb_ops = {
	.request = usb_request,
	.raw = usb_raw,
};

static int raw_request(struct dev *d)
{
	return d->ops->raw(d);
}

static int request(struct dev *d)
{
	if (d->ops->request)
		return d->ops->request(d);
	return raw_request(d);
}

SYSCALL_DEFINE1(set_led, int, n)
{
	struct dev *d = dev_of(n);

	d->ops = &usb_ops;
	return 0;
}

SYSCALL_DEFINE1(led, int, n)
{
	mutex_lock(&report);
	request(dev_of(n));
	mutex_unlock(&report);
	return 0;
}

SYSCALL_DEFINE1(scan, int, n)
{
	mutex_lock(&bus);
	mutex_lock(&report);
	mutex_unlock(&report);
	mutex_unlock(&bus);
	return 0;
}
