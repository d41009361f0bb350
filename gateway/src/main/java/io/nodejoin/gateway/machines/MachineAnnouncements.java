package io.nodejoin.gateway.machines;

import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.longpoll.HeldRequest;
import io.nodejoin.gateway.longpoll.HeldRequests;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.reply.Reply;
import io.nodejoin.gateway.temporal.MachinePools;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.agent.PoolAnnouncement;
import io.nodejoin.protocol.agent.PoolAssignment;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.MachineSighting;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.SightingAnswer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers machines that wait in pools with the node that they become. The pool learns which agents wait here; the request is
 * held meanwhile, and answered when the join starts that has taken the machine. A machine that was never offered gets the same
 * answer as one that no join has taken.
 */
public final class MachineAnnouncements {
    private static final Logger LOG = LoggerFactory.getLogger(MachineAnnouncements.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final EnrollmentResponse PENDING = new EnrollmentResponse.Pending(RETRY_AFTER);

    private final MachinePools pools;
    private final KnownMachines machines;
    private final HeldRequests<MachineKey, HeldRequest<NodeName>> held = new HeldRequests<>();
    private final MachineLimits limits;
    private final RefusalAudit refusalAudit;
    private final Duration wait;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService scheduler;
    private volatile boolean stopped;

    /**
     * @param wait how long an announcement is held
     * @param nanoTime a monotonic clock, as {@link System#nanoTime()}
     * @param scheduler runs tasks by that clock; not stopped here
     */
    public MachineAnnouncements(
            MachinePools pools,
            RefusalAudit refusalAudit,
            Duration wait,
            LongSupplier nanoTime,
            ScheduledExecutorService scheduler) {
        this.pools = pools;
        this.machines = new KnownMachines(nanoTime);
        this.limits = new MachineLimits(nanoTime);
        this.refusalAudit = refusalAudit;
        this.wait = wait;
        this.nanoTime = nanoTime;
        this.scheduler = scheduler;
    }

    /** One announcement that is being answered. */
    private record Call(MachineKey machine, MachineFacts facts, String address, Runnable recognized) {}

    /**
     * Answers an announcement. Blocks while no join has taken the machine, at most for the configured wait. Idempotent.
     *
     * @param address the client's address
     * @param recognized is run once it is known that the pool has the machine, before the wait; may be run twice
     */
    public Reply announce(PoolAnnouncement announcement, String address, Runnable recognized)
            throws InterruptedException {
        Optional<String> fault = FactsCheck.findFault(announcement.facts());
        if (fault.isPresent()) {
            return Reply.badRequest(fault.get());
        }
        MachineKey machine = new MachineKey(
                new PoolRef(announcement.cluster(), announcement.pool()), Sha256.hex(announcement.secret()));
        if (!limits.tryAttempt(machine, address)) {
            refusalAudit.throttled(address);
            return Reply.tooManyRequests();
        }
        if (machines.announced(machine, announcement.facts())) {
            recognized.run();
        }
        try {
            NodeName node = awaitNode(new Call(machine, announcement.facts(), address, recognized));
            if (node == null) {
                return Reply.accepted(PENDING);
            }
            machines.taken(machine);
            return Reply.ok(new PoolAssignment(node));
        } catch (PoolUnavailableException e) {
            LOG.atWarn()
                    .addKeyValue("cluster", announcement.cluster())
                    .addKeyValue("pool", announcement.pool())
                    .log("no answer on a machine: {}", RootCause.message(e));
            return Reply.serviceUnavailable();
        }
    }

    /** Answers the machine that has become this node, and has its pool asked if it does not wait at this moment. */
    public void joinSeen(NodeRef node, @Nullable String secretDigest) {
        if (secretDigest != null) {
            machines.taken(node, secretDigest);
            held.matching(machine -> machine.isOf(node, secretDigest)).forEach(request -> request.answer(node.name()));
        }
    }

    /** Tells the pools of machines that were announced here and are not any more. If Temporal does not respond, the next call does. */
    public void tellAway() {
        for (MachineKey machine : machines.silentFree()) {
            try {
                pools.away(machine.pool(), machine.secretDigest());
            } catch (RuntimeException e) {
                LOG.warn("a pool does not learn that a machine waits no more: {}", RootCause.message(e));
                return;
            }
            machines.toldAway(machine);
        }
    }

    /** Returns whether a start of a join matters to any machine here. */
    public boolean isAnyWaiting() {
        return !held.isEmpty() || !machines.isEmpty();
    }

    /** Returns how many machines wait here for a join to take them. */
    public long countWaiting() {
        return machines.countWaiting();
    }

    public void stop() {
        stopped = true;
        held.wakeAll();
    }

    /** Returns null if time has passed. */
    private @Nullable NodeName awaitNode(Call call) throws InterruptedException, PoolUnavailableException {
        long end = nanoTime.getAsLong() + wait.toNanos();
        while (true) {
            HeldRequest<NodeName> request = new HeldRequest<>();
            held.add(call.machine(), request);
            try {
                Optional<NodeName> node = askPool(call);
                if (node.isEmpty() && !stopped) {
                    node = request.await(untilNextQuery(call, end), scheduler);
                }
                if (node.isPresent() || stopped || end - nanoTime.getAsLong() <= 0) {
                    return node.orElse(null);
                }
            } finally {
                held.remove(call.machine(), request);
            }
        }
    }

    private long untilNextQuery(Call call, long end) {
        long left = end - nanoTime.getAsLong();
        return machines.untilQuery(call.machine())
                .map(time -> Math.min(left, time.toNanos()))
                .orElse(left);
    }

    /** Asks the pool if that is due; returns the node of a machine that a join has taken. */
    private Optional<NodeName> askPool(Call call) throws PoolUnavailableException {
        MachineKey machine = call.machine();
        if (!machines.tryQuery(machine)) {
            return Optional.empty();
        }
        if (!machines.isKnown(machine) && !limits.tryUnknown(call.address())) {
            machines.denied(machine);
            return Optional.empty();
        }
        Optional<SightingAnswer> answer;
        try {
            answer = pools.sighted(machine.pool(), new MachineSighting(machine.secretDigest(), call.facts()));
        } catch (RuntimeException e) {
            throw new PoolUnavailableException(e);
        }
        if (answer.isEmpty()) {
            machines.denied(machine);
            return Optional.empty();
        }
        machines.confirmed(machine, call.facts(), answer.get());
        call.recognized().run();
        return Optional.ofNullable(answer.get().node());
    }

    private static final class PoolUnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        private PoolUnavailableException(RuntimeException cause) {
            super(cause);
        }
    }
}
