/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/interrupt.h>
#include "../core/queue.h"

static struct queue capture;
int has_iommu;

static irqreturn_t on_frame(int irq, void *d)
{
	plane_vaddr(&capture);
	return IRQ_HANDLED;
}

int open_camera(void)
{
	capture.ops = has_iommu ? &sg_ops : &contig_ops;
	return request_irq(1, on_frame, 0, "camera", &capture);
}
