package io.nodejoin.gateway.temporal;

import io.nodejoin.workflows.pool.MachineSighting;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.SightingAnswer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Pools in memory, whose answers the test sets. */
public final class FakeMachinePools implements MachinePools {
    /** By digest of the secret; a machine without an answer was not offered. */
    public final Map<String, SightingAnswer> answers = new ConcurrentHashMap<>();

    public final List<MachineSighting> sightings = new CopyOnWriteArrayList<>();
    /** The digests of machines that wait no more. */
    public final List<String> gone = new CopyOnWriteArrayList<>();

    public final AtomicBoolean away = new AtomicBoolean();
    private Runnable meanwhile = () -> {};

    /** Does this once, while the next pool learns that a machine waits no more. */
    public void whileTellingAway(Runnable act) {
        meanwhile = act;
    }

    @Override
    public Optional<SightingAnswer> sighted(PoolRef pool, MachineSighting sighting) {
        sightings.add(sighting);
        check();
        return Optional.ofNullable(answers.get(sighting.secretDigest()));
    }

    @Override
    public void away(PoolRef pool, String secretDigest) {
        check();
        gone.add(secretDigest);
        Runnable once = meanwhile;
        meanwhile = () -> {};
        once.run();
    }

    private void check() {
        if (away.get()) {
            throw new IllegalStateException("away");
        }
    }
}
