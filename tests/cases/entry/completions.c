/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completions that a controller's interrupt calls, with interrupts off (a bio's may be a task's: block/bio.c, bio_endio()): include/linux/usb/gadget.h
 * on usb_request.complete; drivers/virtio/virtio_ring.c, vring_interrupt(), here of a function that is only handed over in an array;
 * drivers/input/serio/serio.c, serio_interrupt().
 */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct bio { void (*bi_end_io)(struct bio *); };
struct usb_ep;
struct usb_request { void (*complete)(struct usb_ep *, struct usb_request *); };
struct virtqueue { int index; };
struct serio_driver { int (*interrupt)(int); };
typedef void vq_callback_t(struct virtqueue *);

extern struct bio *get_bio(void);
extern struct usb_request *get_request(void);
extern int find_vqs(vq_callback_t *callbacks[]);

static DEFINE_SPINLOCK(of_bio);
static DEFINE_SPINLOCK(of_request);
static DEFINE_SPINLOCK(of_queue);
static DEFINE_SPINLOCK(of_port);

static void bio_done(struct bio *bio)
{
	spin_lock(&of_bio);
	spin_unlock(&of_bio);
}

static void request_done(struct usb_ep *ep, struct usb_request *req)
{
	spin_lock(&of_request);
	spin_unlock(&of_request);
}

static void queue_done(struct virtqueue *vq)
{
	spin_lock(&of_queue);
	spin_unlock(&of_queue);
}

static int port_byte(int data)
{
	spin_lock(&of_port);
	spin_unlock(&of_port);
	return data;
}

struct serio_driver port = { .interrupt = port_byte };

SYSCALL_DEFINE0(start)
{
	vq_callback_t *callbacks[1];

	callbacks[0] = queue_done;
	get_bio()->bi_end_io = bio_done;
	get_request()->complete = request_done;
	return find_vqs(callbacks);
}

SYSCALL_DEFINE0(show)
{
	spin_lock(&of_bio);
	spin_unlock(&of_bio);
	spin_lock(&of_request);
	spin_unlock(&of_request);
	spin_lock(&of_queue);
	spin_unlock(&of_queue);
	spin_lock(&of_port);
	spin_unlock(&of_port);
	return 0;
}
