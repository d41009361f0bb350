package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LifecycleEventType;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.failpoint.FailAction;
import io.nodejoin.testbed.failpoint.FailPlan;
import io.nodejoin.testbed.failpoint.FailPoint;
import io.nodejoin.testbed.failpoint.FailPointMarker;
import io.nodejoin.testbed.failpoint.FailPosition;
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
 * Publishes many requests, some duplicated, some out of order, some invalid, while the intake is killed repeatedly:
 * each request has one outcome, and a newer request supersedes an older one in whichever order they arrive. The hosts
 * never enroll; all joins are cancelled at the end.
 */
final class Duplicates implements Experiment {
    private static final int EVENTS = 1_000;
    private static final int ALL_EVENTS = 10_000;
    private static final int KILLS = 20;
    /** Less than one service process's share of all records, so that each process is killed. */
    private static final int MAX_RECORDS_PER_LIFE = 40;

    private static final int DUPLICATED_PERCENT = 30;
    private static final int REORDERED_PERCENT = 10;
    private static final int POISONED_PERCENT = 5;
    private static final int SUPERSEDED_PERCENT = 10;
    private static final int PERCENT = 100;
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(7);
    /** Longer than it takes to read all: a request that is read after its deadline is refused. */
    private static final Duration DEADLINE = Duration.ofHours(2);

    /** The SDK's code for it: the machine was too busy. */
    private static final Pattern POTENTIAL_DEADLOCK = Pattern.compile("TMPRL1101");

    private final SecureRandom secrets = new SecureRandom();

    @Override
    public String name() {
        return "duplicates";
    }

    /** One record to publish; without a request it is invalid. */
    private record PlannedRecord(@Nullable JoinRequested request, String key, String id, Instant made) {
        static PlannedRecord of(@Nullable JoinRequested request, String key) {
            return new PlannedRecord(request, key, UUID.randomUUID().toString(), Instant.now());
        }

        /** Returns a copy with a time before the node's earlier request. */
        PlannedRecord withOlderTime() {
            return new PlannedRecord(request, key, UUID.randomUUID().toString(), made.minusSeconds(1));
        }
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Random seededRandom = scale.randomFor(name());
        List<InFlightJoin> joins = new ArrayList<>();
        List<PlannedRecord> all = planRecords(scale.full() ? ALL_EVENTS : EVENTS, seededRandom, joins);
        long poisonBefore = bed.outcomes().rejections(ErrorCode.EVENT_MALFORMED);
        long olderBefore = bed.outcomes().rejections(ErrorCode.SUPERSEDED);
        LogTail log = new LogTail(bed.testBed().service().process());
        bed.testBed().service().process().kill();
        all.forEach(record -> send(bed, record));
        int deaths = 0;
        for (int life = 0; life < KILLS; life++) {
            deaths += awaitKill(bed, drawKill(seededRandom)) ? 1 : 0;
        }
        bed.killAndRestartService();
        joins.forEach(bed::cancel);
        List<String> failures = new ArrayList<>();
        if (deaths < KILLS) {
            failures.add("the intake died " + deaths + " times instead of " + KILLS);
        }
        failures.addAll(
                bed.awaitAndCheck(joins, scale.full() ? COMPLETION_TIMEOUT.multipliedBy(6) : COMPLETION_TIMEOUT));
        long poison = all.stream().filter(record -> record.request() == null).count();
        long rejected = bed.outcomes().rejections(ErrorCode.EVENT_MALFORMED) - poisonBefore;
        if (rejected != poison) {
            failures.add(poison + " records were unusable, and " + rejected + " were rejected");
        }
        long tooOld = bed.outcomes().rejections(ErrorCode.SUPERSEDED) - olderBefore;
        if (tooOld == 0) {
            failures.add("no request came after a newer one of its node");
        }
        long late = log.count(POTENTIAL_DEADLOCK);
        if (late > 0) {
            failures.add(late + " tasks of workflows were taken for deadlocks");
        }
        return new Findings(name(), failures)
                .with("records", all.size())
                .with("nodes", joins.size())
                .with("outcomes of their newest requests", bed.outcomes().countEvents(joins))
                .with("rejections", rejected)
                .with("rejections after a newer request", tooOld)
                .with("deaths of the intake", deaths);
    }

    /** At the start of a join, or at a commit, of which there are fewer. */
    private static FailPoint drawKill(Random seededRandom) {
        FailPosition position = seededRandom.nextBoolean() ? FailPosition.BEFORE : FailPosition.AFTER;
        boolean starts = seededRandom.nextBoolean();
        return FailPoint.first(starts ? "Intake_Start" : "Intake_Commit", position, FailAction.HALT, "")
                .atHit(1 + (starts ? seededRandom.nextInt(MAX_RECORDS_PER_LIFE) : 0));
    }

    private static boolean awaitKill(ChaosBed bed, FailPoint death) {
        FailPointMarker marker = bed.newMarker();
        bed.testBed()
                .service()
                .launch(FailPlan.SERVICE, new FailPlan(List.of(death), marker.file()).writeToEnvironment());
        return bed.awaitServiceDeath(marker);
    }

    private List<PlannedRecord> planRecords(int records, Random seededRandom, List<InFlightJoin> joins) {
        Instant deadline = Instant.now().plus(DEADLINE);
        List<PlannedRecord> all = new ArrayList<>();
        while (all.size() < records) {
            if (drawWithChance(POISONED_PERCENT, seededRandom)) {
                all.add(PlannedRecord.of(null, ChaosBed.CLUSTER + "/poison"));
            } else {
                HostFixture fixture = HostFixture.create("many-" + joins.size(), false, secrets);
                JoinRequested request = fixture.requestBuilder(ChaosBed.CLUSTER, SimulatedHosts.ADDRESS)
                        .deadline(deadline)
                        .build();
                PlannedRecord record = PlannedRecord.of(request, ChaosBed.recordKey(fixture.node()));
                joins.add(new InFlightJoin(
                        fixture.node(),
                        JoinId.of(JoinRequestProducer.SOURCE, record.id()),
                        ExpectedOutcome.HOST_ABSENT));
                List<PlannedRecord> ofTheNode = new ArrayList<>(List.of(record));
                if (drawWithChance(SUPERSEDED_PERCENT, seededRandom)) {
                    ofTheNode.add(seededRandom.nextInt(2), record.withOlderTime());
                }
                ofTheNode.forEach(one -> addRepeatedly(one, all, seededRandom));
            }
        }
        for (int i = 1; i < all.size(); i++) {
            if (drawWithChance(REORDERED_PERCENT, seededRandom)) {
                all.add(seededRandom.nextInt(i), all.remove(i));
            }
        }
        return all;
    }

    private static void addRepeatedly(PlannedRecord record, List<PlannedRecord> all, Random seededRandom) {
        all.add(record);
        if (drawWithChance(DUPLICATED_PERCENT, seededRandom)) {
            all.add(record);
        }
    }

    private static boolean drawWithChance(int percent, Random seededRandom) {
        return seededRandom.nextInt(PERCENT) < percent;
    }

    private static void send(ChaosBed bed, PlannedRecord record) {
        if (record.request() == null) {
            bed.requests()
                    .send(
                            LifecycleEventType.JOIN_REQUESTED.cloudEventType(),
                            "join me, please".getBytes(StandardCharsets.UTF_8),
                            record.key(),
                            record.id());
        } else {
            bed.requests().send(record.request(), record.key(), record.id(), record.made());
        }
    }
}
