/*
 * wording_advice.c - what to do about a finding: keep the machine from mining on without losing what it knows, then change the keys
 * that it had and look for the way in.
 */
#include "config.h"

#include "finding/wording.h"

#include "base/out.h"

/* How to stop what mines, and to keep what it shows, by what it runs in. */
static const char *containment(const struct about_owner *o)
{
    if (o->kubernetes.pod.n)
        return "Cordon its node and cut the pod off by a NetworkPolicy without egress; do not delete the pod before its files, "
               "processes and logs are saved.";
    if (o->aws.ecs.task.n && view_is(o->aws.ecs.launch_type, "FARGATE"))
        return "Give the task's interface a security group without egress. Fargate has no disk that can be kept: save what the "
               "task shows (definition, environment, processes, logs), then stop it.";
    if (o->aws.ecs.task.n)
        return "Give the task's interface a security group without egress, save its processes and files, then stop the task; keep "
               "the instance, and snapshots of its volumes.";
    if (o->aws.instance.n)
        return "Give the instance a security group without egress, and take snapshots of its volumes and, where possible, its "
               "memory before it is stopped.";
    return "Cut it off from the network, and save its memory and an image of its disk before it is stopped.";
}

static const char *keys(const struct about_owner *o)
{
    if (o->kubernetes.pod.n)
        return " Rotate what it had access to: the token of its service account, and its secrets.";
    if (o->aws.ecs.task.n)
        return " Rotate what it had access to: the credentials of its task role, and its secrets.";
    if (o->aws.instance.n)
        return " Rotate what it had access to: the credentials of its instance profile, and its secrets.";
    return " Rotate the keys and passwords that it held.";
}

static void mining_advice(const struct about_owner *o, struct out *out)
{
    out_str(out, o->candidate ? "Make sure first whose the address is. " : "");
    out_str(out, containment(o));
    out_str(out, keys(o));
    out_str(out, o->aws.ecs.task.n || o->kubernetes.pod.n
                     ? " Find how it came in: compare image and digest, and who changed the definition."
                     : " Find how it came in.");
    out_str(out, " Look for others that mine for the same wallet or at the same pool.");
}

void wording_advice(const struct finding *f, const struct about *about, enum language language, char *text, size_t n)
{
    static const struct about_owner unknown;
    struct out o = out_of(text, n);

    (void)language;
    if (f->kind == FINDING_COIN_NODE)
        out_str(
            &o,
            "If the node or wallet is wanted, there is nothing to do, and a site list can say so. Else find out who runs it.");
    else if (finding_is_lookup(f))
        out_str(&o,
                "Find out which program or person asked, and whether that was meant. Act on mining when connections follow.");
    else if (f->kind == FINDING_POOL_SCAN)
        out_str(&o, "Find the program that searches, and how it came there.");
    else
        mining_advice(about ? &about->owner : &unknown, &o);
}
