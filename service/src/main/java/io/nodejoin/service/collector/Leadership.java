package io.nodejoin.service.collector;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.nodejoin.activities.ActingRight;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.Lasting;
import io.nodejoin.activities.kubernetes.OwnObjects;
import io.nodejoin.activities.RootCause;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this replica's janitor may act in one cluster, by a Lease there. Before each act the Lease is read once more: a
 * process that was stopped and goes on later must not act beside its successor.
 */
public final class Leadership implements ActingRight {
    public static final String LEASE = "nodejoin-janitor";

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    /** An elector may die in silence, so one that neither renews nor leads is replaced. */
    private static final Duration ELECTOR_LIFE = Duration.ofMinutes(1);

    private static final Duration STOP = Duration.ofSeconds(3);

    private final Supplier<KubernetesClient> client;
    private final String identity;
    private final LeaseTimes times;
    private final String where;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean held;
    private volatile boolean unfit;

    /**
     * @param client of the cluster; may throw as long as the cluster cannot be used
     * @param identity that no other process has
     * @param where the cluster's name, for the log
     */
    public Leadership(Supplier<KubernetesClient> client, String identity, LeaseTimes times, String where) {
        this.client = client;
        this.identity = identity;
        this.times = times;
        this.where = where;
        this.thread = Thread.ofVirtual().name("janitor-lease-" + where).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Gives the Lease up, so that another replica leads at once; if that fails, once the Lease has ended. */
    public void stop() throws InterruptedException {
        stopping.countDown();
        if (thread.isAlive() && !thread.join(STOP)) {
            LOG.info("the election of the janitor in {} does not end in time", where);
        }
        held = false;
    }

    public boolean isHeld() {
        return held;
    }

    @Override
    public void beforeEffect(String effect) {
        LeaderElectionRecord latest = held ? lock().get(client.get()) : null;
        if (latest == null || !identity.equals(latest.getHolderIdentity())) {
            throw new NotLeadingException(effect + " is not done in " + where + ": another janitor leads");
        }
    }

    /** Who cannot put its acts on record leads no more: another replica's disk may be sound. */
    @Override
    public void beforeEffect(AuditEntry effect, AuditLog audit) {
        beforeEffect(effect.action());
        try {
            audit.record(effect);
        } catch (RuntimeException e) {
            unfit = true;
            throw e;
        }
        beforeEffect(effect.action());
    }

    private void run() {
        try {
            while (stopping.getCount() > 0) {
                if (!Lasting.succeeds("the election of the janitor in " + where, this::campaign)) {
                    pause(times.retry());
                }
            }
            giveUp();
        } catch (InterruptedException _) {
            LOG.debug("interrupted");
        }
    }

    /** One elector's life: until it has lost the Lease, has not got it for a while, or is told to stop. */
    private void campaign() throws InterruptedException {
        CompletableFuture<?> elector;
        Renewal renewal = new Renewal(lock(), times.lease(), System::nanoTime);
        try {
            elector = client.get()
                    .leaderElector()
                    .withConfig(config(renewal))
                    .build()
                    .start();
        } catch (RuntimeException e) { // a cluster that cannot be used now can be used later
            LOG.warn("the janitor cannot stand for election in {}: {}", where, RootCause.reason(e));
            pause(times.lease());
            return;
        }
        try {
            long tired = System.nanoTime() + ELECTOR_LIFE.toNanos();
            while (stopping.getCount() > 0
                    && !unfit
                    && !elector.isDone()
                    && (held ? renewal.ends() : tired) - System.nanoTime() > 0) {
                pause(times.retry());
            }
        } finally {
            elector.cancel(true);
            held = false;
        }
        if (unfit) {
            stepAside();
        }
        pause(times.retry());
    }

    /** For as long as any other replica needs to notice that nobody leads. */
    private void stepAside() throws InterruptedException {
        LOG.warn("this replica's janitor steps aside in {}: it cannot write its audit log", where);
        giveUp();
        pause(times.lease());
        unfit = false;
    }

    private void giveUp() {
        try {
            Resource<Lease> resource =
                    client.get().leases().inNamespace(OwnObjects.NAMESPACE).withName(LEASE);
            Lease lease = resource.get();
            if (lease != null && identity.equals(lease.getSpec().getHolderIdentity())) {
                resource.patch(PatchContext.of(PatchType.JSON_MERGE), withoutHolder(lease));
            }
        } catch (RuntimeException e) { // who stops does not wait for a cluster that is away
            LOG.info(
                    "the Lease of the janitor in {} is not given up and ends by itself: {}",
                    where,
                    RootCause.reason(e));
        }
    }

    /** Conflicts if anybody has changed the Lease since it was read. */
    private static String withoutHolder(Lease lease) {
        return "{\"metadata\":{\"resourceVersion\":\"" + lease.getMetadata().getResourceVersion()
                + "\"},\"spec\":{\"holderIdentity\":null}}";
    }

    private void pause(Duration time) throws InterruptedException {
        if (stopping.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("stopped");
        }
    }

    private LeaderElectionConfig config(Renewal renewal) {
        return new LeaderElectionConfigBuilder()
                .withName("Nodejoin's janitor of " + where)
                .withLock(renewal)
                .withLeaseDuration(times.lease())
                .withRenewDeadline(times.renewal())
                .withRetryPeriod(times.retry())
                // Its release is a merge patch without the holder, which changes nothing: see giveUp.
                .withReleaseOnCancel(false)
                .withLeaderCallbacks(new LeaderCallbacks(this::lead, this::follow, _ -> {}))
                .build();
    }

    /** A lock remembers the version that it read, so each user has its own. */
    private LeaseLock lock() {
        return new LeaseLock(OwnObjects.NAMESPACE, LEASE, identity);
    }

    private void lead() {
        held = true;
        LOG.info("this replica's janitor leads in {}", where);
    }

    private void follow() {
        if (held) {
            LOG.info("this replica's janitor leads no more in {}", where);
        }
        held = false;
    }
}
