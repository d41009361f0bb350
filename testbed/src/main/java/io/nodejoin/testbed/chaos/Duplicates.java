package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.join.JoinEventType;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.faults.Cut;
import io.nodejoin.testbed.faults.FailAction;
import io.nodejoin.testbed.faults.FailPlan;
import io.nodejoin.testbed.faults.FailPoint;
import io.nodejoin.testbed.faults.Marker;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Many requests, some of them twice, some out of order, some unusable, and the intake dies again and again while it reads them: each
 * request has one outcome, and an older request of a node gives way to a newer one, whichever comes first. Their machines never come, and in
 * the end all are cancelled.
 */
final class Duplicates implements Experiment {
    private static final int EVENTS = 1_000;
    private static final int ALL_EVENTS = 10_000;
    private static final int KILLS = 20;
    /** Less than one life of the service's share of all records, so that each life comes to its death. */
    private static final int RECORDS_OF_A_LIFE = 40;

    private static final int DUPLICATED_PERCENT = 30;
    private static final int REORDERED_PERCENT = 10;
    private static final int POISONED_PERCENT = 5;
    private static final int RIVALLED_PERCENT = 10;
    private static final int PERCENT = 100;
    private static final Duration ENDS = Duration.ofMinutes(7);
    /** Longer than it takes to read all: a request that is read after its deadline is refused. */
    private static final Duration DEADLINE = Duration.ofHours(2);

    /** The SDK's own number for it: the machine was too busy with more tasks at once than it can do. */
    private static final Pattern TAKEN_FOR_A_DEADLOCK = Pattern.compile("TMPRL1101");

    private final SecureRandom secrets = new SecureRandom();

    @Override
    public String name() {
        return "duplicates";
    }

    /** One record to be sent; without a request it is poison. */
    private record Sending(@Nullable JoinRequested request, String key, String id, Instant made) {
        static Sending of(@Nullable JoinRequested request, String key) {
            return new Sending(request, key, UUID.randomUUID().toString(), Instant.now());
        }

        /** What the node had been asked to do before. */
        Sending older() {
            return new Sending(request, key, UUID.randomUUID().toString(), made.minusSeconds(1));
        }
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Random lots = scale.lots(name());
        List<Going> joins = new ArrayList<>();
        List<Sending> all = sendings(scale.whole() ? ALL_EVENTS : EVENTS, lots, joins);
        long poisonBefore = bed.ends().rejections(ErrorCode.EVENT_MALFORMED);
        long olderBefore = bed.ends().rejections(ErrorCode.SUPERSEDED);
        FreshLog log = new FreshLog(bed.parts().service().process());
        bed.parts().service().process().kill();
        all.forEach(sending -> send(bed, sending));
        int deaths = 0;
        for (int life = 0; life < KILLS; life++) {
            deaths += dies(bed, death(lots)) ? 1 : 0;
        }
        bed.serve();
        joins.forEach(bed::cancel);
        List<String> failures = new ArrayList<>();
        if (deaths < KILLS) {
            failures.add("the intake died " + deaths + " times instead of " + KILLS);
        }
        failures.addAll(bed.finish(joins, scale.whole() ? ENDS.multipliedBy(6) : ENDS));
        long poison = all.stream().filter(sending -> sending.request() == null).count();
        long rejected = bed.ends().rejections(ErrorCode.EVENT_MALFORMED) - poisonBefore;
        if (rejected != poison) {
            failures.add(poison + " records were unusable, and " + rejected + " were rejected");
        }
        long tooOld = bed.ends().rejections(ErrorCode.SUPERSEDED) - olderBefore;
        if (tooOld == 0) {
            failures.add("no request came after a newer one of its node");
        }
        long late = log.count(TAKEN_FOR_A_DEADLOCK);
        if (late > 0) {
            failures.add(late + " tasks of workflows were taken for deadlocks");
        }
        return new Findings(name(), failures)
                .with("records", all.size())
                .with("nodes", joins.size())
                .with("outcomes of their newest requests", bed.ends().told(joins))
                .with("rejections", rejected)
                .with("rejections after a newer request", tooOld)
                .with("deaths of the intake", deaths);
    }

    /** At the start of a join, or at a commit, of which there are fewer. */
    private static FailPoint death(Random lots) {
        Cut cut = lots.nextBoolean() ? Cut.BEFORE : Cut.AFTER;
        boolean starts = lots.nextBoolean();
        return FailPoint.first(starts ? "Intake_Start" : "Intake_Commit", cut, FailAction.HALT, "")
                .atHit(1 + (starts ? lots.nextInt(RECORDS_OF_A_LIFE) : 0));
    }

    private static boolean dies(ChaosBed bed, FailPoint death) {
        Marker marker = bed.marker();
        bed.parts().service().startFailing(new FailPlan(List.of(death), marker.file()));
        return bed.awaitDeath(marker);
    }

    private List<Sending> sendings(int records, Random lots, List<Going> joins) {
        Instant deadline = Instant.now().plus(DEADLINE);
        List<Sending> all = new ArrayList<>();
        while (all.size() < records) {
            if (happens(POISONED_PERCENT, lots)) {
                all.add(Sending.of(null, ChaosBed.CLUSTER + "/poison"));
            } else {
                HostWish wish = HostWish.of("many-" + joins.size(), false, secrets);
                JoinRequested request = wish.asking(ChaosBed.CLUSTER, SimulatedHosts.ADDRESS)
                        .deadline(deadline)
                        .build();
                Sending sending = Sending.of(request, ChaosBed.key(wish.node()));
                joins.add(new Going(wish.node(), JoinId.of(JoinRequests.SOURCE, sending.id()), Course.ALONE));
                List<Sending> ofTheNode = new ArrayList<>(List.of(sending));
                if (happens(RIVALLED_PERCENT, lots)) {
                    ofTheNode.add(lots.nextInt(2), sending.older());
                }
                ofTheNode.forEach(one -> addRepeatedly(one, all, lots));
            }
        }
        for (int i = 1; i < all.size(); i++) {
            if (happens(REORDERED_PERCENT, lots)) {
                all.add(lots.nextInt(i), all.remove(i));
            }
        }
        return all;
    }

    private static void addRepeatedly(Sending sending, List<Sending> all, Random lots) {
        all.add(sending);
        if (happens(DUPLICATED_PERCENT, lots)) {
            all.add(sending);
        }
    }

    private static boolean happens(int percent, Random lots) {
        return lots.nextInt(PERCENT) < percent;
    }

    private static void send(ChaosBed bed, Sending sending) {
        if (sending.request() == null) {
            bed.requests()
                    .send(
                            JoinEventType.JOIN_REQUESTED.type(),
                            "join me, please".getBytes(StandardCharsets.UTF_8),
                            sending.key(),
                            sending.id());
        } else {
            bed.requests().send(sending.request(), sending.key(), sending.id(), sending.made());
        }
    }
}
