/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A work item waits for its own end, two calls down. */
#include <linux/init.h>
#include <linux/workqueue.h>

struct dev { struct work_struct reset, other; int flags; };

static void halt(struct dev *d)
{
	cancel_work_sync(&d->reset);
}

static void reset(struct work_struct *w)
{
	struct dev *d = container_of(w, struct dev, reset);

	d->flags = 0;
}

static void else_(struct work_struct *w)
{
	halt(container_of(w, struct dev, other));
}

void setup(struct dev *d)
{
	INIT_WORK(&d->reset, reset);
	INIT_WORK(&d->other, else_);
}
