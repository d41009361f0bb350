package io.nodejoin.gateway.machines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.audit.FakeAuditLog;
import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.reply.Reply;
import io.nodejoin.gateway.temporal.FakeMachinePools;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.agent.PoolAnnouncement;
import io.nodejoin.protocol.agent.PoolAssignment;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.MachineSighting;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.SightingAnswer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Machines that wait, in virtual time. */
class MachineAnnouncementsTest {
    private static final String SECRET = "canary-6f9d2c";
    private static final String DIGEST = Sha256.hex(SECRET);
    private static final String ADDRESS = "192.0.2.1";
    private static final NodeRef NODE = Samples.WORKER_A.node();
    private static final SightingAnswer FREE = new SightingAnswer(MachineState.FREE, null);
    private static final SightingAnswer BOUND = new SightingAnswer(MachineState.BOUND, NODE.name());
    private static final Duration WAIT = Duration.ofSeconds(20);

    private final ManualScheduler time = new ManualScheduler();
    private final FakeMachinePools pools = new FakeMachinePools();
    private final FakeAuditLog audit = new FakeAuditLog();
    private final AtomicInteger recognized = new AtomicInteger();
    private final MachineAnnouncements announcements =
            new MachineAnnouncements(pools, new RefusalAudit(audit, time::nanoTime), WAIT, time::nanoTime, time);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void shouldHoldAFreeMachineAndTellThePoolItsDigest() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        // when
        Reply reply = waitOut(announce());
        // then
        assertThat(reply.status()).isEqualTo(202);
        assertThat(pools.sightings)
                .containsExactly(
                        new MachineSighting(DIGEST, Samples.announcement(SECRET).facts()));
        assertThat(announcements.countWaiting()).isEqualTo(1);
        assertThat(recognized).hasValue(1);
    }

    @Test
    void shouldAnswerAMachineThatWasNeverOfferedAsOneThatWaits() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        Reply offered = waitOut(announce());
        // when
        Reply unknown = waitOut(announce(Samples.announcement("never offered")));
        // then
        assertThat(unknown).isEqualTo(offered);
        assertThat(recognized).hasValue(1);
        assertThat(announcements.countWaiting()).isEqualTo(1);
    }

    @Test
    void shouldSeeAnOfferAtTheNextAnnouncement() throws Exception {
        // given
        waitOut(announce());
        pools.answers.put(DIGEST, BOUND);
        // when
        Reply reply = announce().get();
        // then
        assertThat(reply.body()).isEqualTo(new PoolAssignment(NODE.name()));
    }

    @Test
    void shouldNotAskAgainAtOnceAboutAMachineThatIsNotOffered() throws Exception {
        // given
        Future<Reply> first = announce();
        awaitHeld(1);
        // when
        Future<Reply> second = announce();
        awaitHeld(2);
        // then
        waitOut(first);
        waitOut(second);
        assertThat(pools.sightings).hasSize(1);
    }

    @Test
    void shouldAnswerAHeldMachineWhenItsJoinStarts() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        Future<Reply> held = announce();
        awaitHeld(1);
        // when
        announcements.joinSeen(NODE, DIGEST);
        // then
        assertThat(held.get()).isEqualTo(Reply.ok(new PoolAssignment(NODE.name())));
        assertThat(announcements.countWaiting()).isZero();
    }

    @Test
    void shouldNotAnswerAMachineWhenTheJoinOfAnotherStarts() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        Future<Reply> held = announce();
        awaitHeld(1);
        // when
        announcements.joinSeen(NODE, Sha256.hex("another"));
        announcements.joinSeen(NODE, null);
        // then
        assertThat(waitOut(held).status()).isEqualTo(202);
    }

    @Test
    void shouldAskThePoolWhenAJoinHasStartedBetweenTwoAnnouncements() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        waitOut(announce());
        announcements.joinSeen(NODE, DIGEST);
        pools.answers.put(DIGEST, BOUND);
        // when
        Reply reply = announce().get();
        // then
        assertThat(reply.status()).isEqualTo(200);
        assertThat(pools.sightings).hasSize(2);
    }

    @Test
    void shouldAskThePoolAnewAboutAMachineThatWasToldItsNode() throws Exception {
        // given
        pools.answers.put(DIGEST, BOUND);
        announce().get();
        pools.answers.put(DIGEST, FREE);
        // when
        Future<Reply> again = announce();
        awaitHeld(1);
        int before = pools.sightings.size();
        time.advance(Duration.ofSeconds(5));
        // then
        await().until(() -> pools.sightings.size() == 2);
        assertThat(before).isEqualTo(1);
        assertThat(waitOut(again).status()).isEqualTo(202);
    }

    @Test
    void shouldConfirmAWaitingMachineOnceAfterItsComingAndThenEveryTenMinutes() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        // when
        int rounds = 3 * 31;
        for (int i = 0; i < rounds; i++) {
            waitOut(announce());
        }
        // then after 0 s, 100 s, 700 s, 1300 s of 1860 s
        assertThat(pools.sightings).hasSize(4);
        assertThat(recognized.get()).isGreaterThanOrEqualTo(rounds);
    }

    @Test
    void shouldTellThePoolOfChangedFacts() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        waitOut(announce());
        MachineFacts larger = new MachineFacts("amd64", 32, 1, 0, List.of(), null);
        // when
        waitOut(announce(Samples.announcement(SECRET, larger)));
        // then
        assertThat(pools.sightings).extracting(MachineSighting::facts).last().isEqualTo(larger);
        assertThat(pools.sightings).hasSize(2);
    }

    @Test
    void shouldForgetAMachineThatIsWithdrawn() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        waitOut(announce());
        pools.answers.clear();
        // when
        for (int i = 0; i < 5; i++) {
            waitOut(announce());
        }
        // then
        assertThat(announcements.countWaiting()).isZero();
    }

    @Test
    void shouldTellThePoolOnceThatAnAgentIsSilent() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        waitOut(announce());
        announcements.tellAway();
        List<String> early = List.copyOf(pools.gone);
        time.advance(Duration.ofSeconds(40));
        // when
        announcements.tellAway();
        announcements.tellAway();
        // then
        assertThat(early).isEmpty();
        assertThat(pools.gone).containsExactly(DIGEST);
        assertThat(announcements.isAnyWaiting()).isFalse();
    }

    @Test
    void shouldTellThePoolOfASilentAgentAfterTemporalWasAway() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        waitOut(announce());
        time.advance(Duration.ofMinutes(1));
        pools.away.set(true);
        announcements.tellAway();
        pools.away.set(false);
        // when
        announcements.tellAway();
        // then
        assertThat(pools.gone).containsExactly(DIGEST);
    }

    @Test
    void shouldAskThePoolAnewAboutAnAgentThatCameBackWhileItWasReportedAway() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        waitOut(announce());
        time.advance(Duration.ofMinutes(1));
        pools.whileTellingAway(() -> {
            Future<Reply> _ = announce();
            awaitHeld(1);
        });
        // when
        announcements.tellAway();
        time.advance(WAIT);
        // then
        waitOut(announce());
        assertThat(pools.gone).containsExactly(DIGEST);
        assertThat(pools.sightings).hasSizeGreaterThanOrEqualTo(2);
        assertThat(announcements.countWaiting()).isEqualTo(1);
    }

    @Test
    void shouldNotReportABoundMachineAway() throws Exception {
        // given
        pools.answers.put(DIGEST, BOUND);
        announce().get();
        time.advance(Duration.ofMinutes(1));
        // when
        announcements.tellAway();
        // then
        assertThat(pools.gone).isEmpty();
        assertThat(announcements.isAnyWaiting()).isFalse();
    }

    @Test
    void shouldBeUnavailableWhileTemporalIsAway() throws Exception {
        // given
        pools.answers.put(DIGEST, BOUND);
        pools.away.set(true);
        Reply away = announce().get();
        pools.away.set(false);
        time.advance(Duration.ofSeconds(5));
        // when
        Reply back = announce().get();
        // then
        assertThat(away).isEqualTo(Reply.serviceUnavailable());
        assertThat(back.status()).isEqualTo(200);
    }

    @Test
    void shouldThrottleAMachineThatAnnouncesItselfTooOften() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        for (int i = 1; i <= 10; i++) {
            Future<Reply> _ = announce();
            awaitHeld(i);
        }
        // when
        Reply reply = announce().get();
        // then
        assertThat(reply).isEqualTo(Reply.tooManyRequests());
    }

    @Test
    void shouldAskLittleAboutTheMachinesThatOneAddressInvents() throws Exception {
        // given
        for (int i = 1; i <= 150; i++) {
            Future<Reply> _ = announce(Samples.announcement("guess-" + i));
            awaitHeld(i);
        }
        pools.answers.put(DIGEST, BOUND);
        // when
        Reply elsewhere = threads.submit(() -> announcements.announce(
                        Samples.announcement(SECRET), "198.51.100.1", recognized::incrementAndGet))
                .get();
        // then
        assertThat(elsewhere.status()).isEqualTo(200);
        assertThat(pools.sightings).hasSize(101);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "fe80::1%eth0", "[::1]", "10.0.0", ""})
    void shouldRefuseWhatIsNoAddress(String address) throws Exception {
        // given
        MachineFacts facts = new MachineFacts("amd64", 1, 1, 0, List.of(address), null);
        // when
        Reply reply = announce(Samples.announcement(SECRET, facts)).get();
        // then
        assertThat(reply.status()).isEqualTo(400);
        assertThat(pools.sightings).isEmpty();
    }

    @Test
    void shouldAnswerHeldMachinesWhenItStops() throws Exception {
        // given
        pools.answers.put(DIGEST, FREE);
        Future<Reply> held = announce();
        awaitHeld(1);
        // when
        announcements.stop();
        // then
        assertThat(held.get().status()).isEqualTo(202);
    }

    private Future<Reply> announce() {
        return announce(Samples.announcement(SECRET));
    }

    private Future<Reply> announce(PoolAnnouncement announcement) {
        return threads.submit(() -> announcements.announce(announcement, ADDRESS, recognized::incrementAndGet));
    }

    /** Each request that is held has a timeout. */
    private void awaitHeld(int requests) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> time.pending() == requests);
    }

    /** Passes the time for which the request is held; it may ask its pool in between. */
    private Reply waitOut(Future<Reply> request) throws Exception {
        Duration step = Duration.ofSeconds(5);
        for (int i = 0; i < 4 && !request.isDone(); i++) {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> time.pending() > 0 || request.isDone());
            time.advance(step);
        }
        return request.get();
    }
}
