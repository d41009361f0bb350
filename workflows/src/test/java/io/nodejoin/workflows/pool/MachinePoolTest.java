package io.nodejoin.workflows.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.RequestedMachine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MachinePoolTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant DEADLINE = NOW.plus(Duration.ofMinutes(10));
    private static final PoolRef REF = new PoolRef(new ClusterName("kraken"), new PoolName("std"));
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final long GIB = 1L << 30;

    private final MachinePool pool = new MachinePool(REF, null);

    @Test
    void shouldBindEachMachineToOneJoinOnly() {
        // given
        free("m1");
        free("m2");
        request("j1");
        request("j2");
        request("j3");

        // when
        List<String> bound = bind();

        // then
        assertThat(bound).containsExactlyInAnyOrder("j1=m1", "j2=m2");
        assertThat(bind()).isEmpty();
        assertThat(waiting()).containsExactly("j3");
    }

    @Test
    void shouldServeTheOldestRequestFirst() {
        // given
        pool.request(request("younger", NOW.plusSeconds(1), RequestedMachine.ANY));
        pool.request(request("older", NOW, RequestedMachine.ANY));
        free("m1");

        // when
        List<String> bound = bind();

        // then
        assertThat(bound).containsExactly("older=m1");
    }

    @Test
    void shouldNotLetARequestThatNothingFitsHoldUpTheNext() {
        // given
        pool.request(request("huge", NOW, atLeast(64, null)));
        pool.request(request("small", NOW.plusSeconds(1), RequestedMachine.ANY));
        free("m1");

        // when
        List<String> bound = bind();

        // then
        assertThat(bound).containsExactly("small=m1");
        assertThat(waiting()).containsExactly("huge");
    }

    @Test
    void shouldGiveARepeatedRequestTheMachineThatItHas() {
        // given
        free("m1");
        free("m2");
        request("j1");
        bind();

        // when
        request("j1");

        // then
        assertThat(bind()).containsExactly("j1=m1");
        assertThat(states()).containsEntry("m2", MachineState.FREE);
    }

    @Test
    void shouldForgetARequestAtItsDeadline() {
        // given
        request("j1");

        // when
        pool.bind(DEADLINE);

        // then
        assertThat(pool.isEmpty()).isTrue();
    }

    @Test
    void shouldTakeNoMachineWhoseAgentDoesNotWait() {
        // given
        free("silent");
        pool.away(secret("silent"));
        pool.offer(offer("never-seen", Map.of()));
        request("j1");

        // when
        List<String> bound = bind();

        // then
        assertThat(bound).isEmpty();
        assertThat(explain("j1")).isEqualTo("the pool std has 2 machines: 2 offered whose agent does not wait");
    }

    @Test
    void shouldTakeNoMachineThatNoGatewayConfirmed() {
        // given
        free("m1");
        Instant later = NOW.plus(MachinePool.SIGHTING_VALIDITY);
        pool.request(new BindRequest(
                id("j1"),
                new NodeName("node-of-j1"),
                "workflow",
                "run",
                NOW,
                later.plusSeconds(60),
                RequestedMachine.ANY));

        // when
        List<MachinePool.Grant> grants = pool.bind(later);

        // then
        assertThat(grants).isEmpty();
    }

    @Test
    void shouldChooseByLabelsSizeIdAndSystemUuid() {
        // given
        pool.offer(offer("a", Map.of("rack", "r1")));
        pool.sighted(new MachineSighting(secret("a"), facts(2, 4 * GIB, null)), NOW);
        pool.offer(offer("b", Map.of("rack", "r2")));
        pool.sighted(new MachineSighting(secret("b"), facts(8, 32 * GIB, "4C4C4544")), NOW);

        // when
        List<String> chosen = Stream.of(
                        wanted(null, Map.of("rack", "r1"), null, null, null),
                        wanted(null, Map.of(), 4, null, null),
                        wanted(null, Map.of(), null, 16 * GIB, null),
                        wanted(new MachineId("b"), Map.of(), null, null, null),
                        wanted(null, Map.of(), null, null, "4c4c4544"),
                        RequestedMachine.ANY)
                .map(this::chosen)
                .toList();

        // then
        assertThat(chosen).containsExactly("a", "b", "b", "b", "b", "a");
    }

    @Test
    void shouldSpreadOverZones() {
        // given
        for (String machine : List.of("a1", "a2", "b1", "b2")) {
            pool.offer(offer(machine, Map.of(ZONE, machine.substring(0, 1))));
            pool.sighted(new MachineSighting(secret(machine), facts(2, GIB, null)), NOW);
        }
        request("j1");
        request("j2");

        // when
        List<String> bound = bind();

        // then
        assertThat(bound).containsExactly("j1=a1", "j2=b1");
    }

    @Test
    void shouldExplainWhatKeepsEachMachineFromAJoin() {
        // given
        free("bound");
        request("j1");
        bind();
        free("small");
        pool.offer(offer("broken", Map.of()));
        pool.request(request("j2", NOW, atLeast(64, null)));

        // when
        String reason = explain("j2");

        // then
        assertThat(reason)
                .isEqualTo("the pool std has 3 machines: 1 bound, 1 offered whose agent does not wait, 1 too small");
    }

    @Test
    void shouldGiveAReleasedMachineOnceItsAgentIsSeen() {
        // given
        free("m1");
        request("j1");
        bind();

        // when
        pool.release(new MachineRelease(id("j1"), new NodeName("node-of-j1"), List.of()));

        // then
        request("j2");
        assertThat(bind()).isEmpty();
        see("m1");
        assertThat(bind()).containsExactly("j2=m1");
    }

    @Test
    void shouldIgnoreTheReleaseByANodeThatDoesNotHaveTheMachine() {
        // given
        free("m1");
        request("j1");
        bind();

        // when
        pool.release(new MachineRelease(id("j1"), new NodeName("another"), List.of()));

        // then
        assertThat(states()).containsEntry("m1", MachineState.BOUND);
    }

    @Test
    void shouldQuarantineTheMachineOfANodeThatIsGone() {
        // given
        free("m1");
        request("j1");
        bind();

        // when
        pool.release(new MachineRelease(null, new NodeName("node-of-j1"), List.of("Host: not reset")));

        // then
        assertThat(states()).containsEntry("m1", MachineState.QUARANTINED);
    }

    @Test
    void shouldKeepAMachineWithResidueInQuarantineUntilItHasAnotherSecret() {
        // given
        free("m1");
        request("j1");
        bind();
        pool.release(new MachineRelease(id("j1"), new NodeName("node-of-j1"), List.of("/etc/kubernetes")));
        see("m1");
        pool.offer(offer("m1", Map.of()));
        assertThat(states()).containsEntry("m1", MachineState.QUARANTINED);

        // when
        pool.offer(offer("m1", "reinstalled", Map.of()));

        // then
        see("reinstalled");
        assertThat(states()).containsEntry("m1", MachineState.FREE);
    }

    @Test
    void shouldRemoveAWithdrawnMachineOnceItsNodeHasLeft() {
        // given
        free("m1");
        request("j1");
        bind();

        // when
        pool.withdraw(new MachineId("m1"));

        // then
        assertThat(states()).containsEntry("m1", MachineState.BOUND);
        pool.release(new MachineRelease(id("j1"), new NodeName("node-of-j1"), List.of()));
        assertThat(pool.isEmpty()).isTrue();
    }

    @Test
    void shouldGiveBackTheMachineOfAJoinThatWithdrawsItsRequest() {
        // given
        free("m1");
        request("j1");
        bind();

        // when
        pool.withdrawRequest(id("j1"));

        // then
        assertThat(states()).containsEntry("m1", MachineState.OFFERED);
    }

    @Test
    void shouldBindNothingWhileItDrains() {
        // given
        free("m1");
        request("j1");

        // when
        pool.setDraining(true);

        // then
        assertThat(bind()).isEmpty();
        assertThat(explain("j1")).isEqualTo("the pool std has 1 machine: 1 free in a pool that is being drained");
        pool.setDraining(false);
        assertThat(bind()).containsExactly("j1=m1");
    }

    @Test
    void shouldTellTheNodeOfABoundMachineOnly() {
        // given
        free("m1");
        free("m2");
        request("j1");
        bind();

        // then
        assertThat(see("m1")).isEqualTo(new SightingAnswer(MachineState.BOUND, new NodeName("node-of-j1")));
        assertThat(see("m2")).isEqualTo(new SightingAnswer(MachineState.FREE, null));
        assertThat(pool.knows(secret("m3"))).isFalse();
    }

    @Test
    void shouldRefuseTheSecretOfAnotherMachine() {
        // given
        free("m1");

        // when
        Optional<Problem> refusal = pool.refusal(offer("m2", "m1", Map.of()));

        // then
        assertThat(refusal).contains(new Problem(ErrorCode.MACHINE_OFFER_CONFLICT, "the secret of m2 is that of m1"));
    }

    @Test
    void shouldRefuseAnotherSecretOfABoundMachineOnly() {
        // given
        free("m1");
        assertThat(pool.refusal(offer("m1", "another", Map.of()))).isEmpty();
        request("j1");
        bind();

        // when
        Optional<Problem> refusal = pool.refusal(offer("m1", "another", Map.of()));

        // then
        assertThat(refusal.orElseThrow().detail())
                .isEqualTo("the machine m1 is the node node-of-j1, with another secret");
        assertThat(pool.refusal(offer("m1", Map.of()))).isEmpty();
    }

    @Test
    void shouldRefuseMoreMachinesThanItCanHold() {
        // given
        for (int i = 0; i < MachinePool.MAX_MACHINES; i++) {
            pool.offer(offer("m" + i, Map.of()));
        }

        // then
        assertThat(pool.refusal(offer("one-more", Map.of())).orElseThrow().code())
                .isEqualTo(ErrorCode.MACHINE_OFFER_CONFLICT);
        assertThat(pool.refusal(offer("m1", Map.of()))).isEmpty();
    }

    @Test
    void shouldGoOnFromItsStatus() {
        // given
        free("m1");
        request("j1");
        bind();
        request("j2");
        pool.setDraining(true);

        // when
        MachinePool next = new MachinePool(REF, pool.status());

        // then
        assertThat(next.status()).isEqualTo(pool.status());
    }

    private String chosen(RequestedMachine wanted) {
        pool.request(request("probe", NOW, wanted));
        MachinePool.Grant grant = pool.bind(NOW).getFirst();
        pool.withdrawRequest(id("probe"));
        MachineOffered offer = grant.machine().offer();
        pool.sighted(
                new MachineSighting(
                        offer.enrollment(), requireNonNull(grant.machine().facts())),
                NOW);
        return offer.machine().value();
    }

    private void free(String machine) {
        pool.offer(offer(machine, Map.of()));
        see(machine);
    }

    private SightingAnswer see(String secretOf) {
        return pool.sighted(new MachineSighting(secret(secretOf), facts(2, 4 * GIB, null)), NOW);
    }

    private void request(String join) {
        pool.request(request(join, NOW, RequestedMachine.ANY));
    }

    private List<String> bind() {
        return pool.bind(NOW).stream()
                .map(grant ->
                        nameOf(grant.request()) + "=" + grant.machine().offer().machine())
                .toList();
    }

    private List<String> waiting() {
        return pool.status().waiting().stream().map(MachinePoolTest::nameOf).toList();
    }

    private String explain(String join) {
        return pool.status().waiting().stream()
                .filter(request -> nameOf(request).equals(join))
                .map(request -> pool.explain(request, NOW))
                .findFirst()
                .orElseThrow();
    }

    private Map<String, MachineState> states() {
        return pool.status().machines().stream()
                .collect(Collectors.toMap(machine -> machine.offer().machine().value(), PoolMachine::state));
    }

    /** Has the order of the names. */
    private static JoinId id(String join) {
        String hex = HexFormat.of().formatHex(join.getBytes(StandardCharsets.US_ASCII));
        return new JoinId(hex + "0".repeat(32 - hex.length()));
    }

    private static String nameOf(BindRequest request) {
        return request.node().value().substring("node-of-".length());
    }

    private static BindRequest request(String join, Instant since, RequestedMachine wanted) {
        return new BindRequest(id(join), new NodeName("node-of-" + join), "workflow", "run", since, DEADLINE, wanted);
    }

    private static RequestedMachine atLeast(@Nullable Integer cpus, @Nullable Long memoryBytes) {
        return wanted(null, Map.of(), cpus, memoryBytes, null);
    }

    private static RequestedMachine wanted(
            @Nullable MachineId id,
            Map<String, String> labels,
            @Nullable Integer cpus,
            @Nullable Long memoryBytes,
            @Nullable String systemUuid) {
        return new RequestedMachine(null, systemUuid, id, labels, cpus, memoryBytes);
    }

    private static MachineOffered offer(String machine, Map<String, String> labels) {
        return offer(machine, machine, labels);
    }

    private static MachineOffered offer(String machine, String secretOf, Map<String, String> labels) {
        return new MachineOffered(
                REF.cluster(), REF.pool(), new MachineId(machine), secret(secretOf), labels, null, null);
    }

    private static String secret(String of) {
        return "digest of the secret of " + of;
    }

    private static MachineFacts facts(int cpus, long memoryBytes, @Nullable String systemUuid) {
        return new MachineFacts("amd64", cpus, memoryBytes, 100 * GIB, List.of("10.0.0.7"), systemUuid);
    }
}
