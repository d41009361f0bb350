package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BadRequestTest {
    static Stream<Arguments> badMembers() {
        return Stream.of(
                        names(),
                        enrollments(),
                        addresses(),
                        labels(),
                        taints(),
                        provider(),
                        profile(),
                        gates(),
                        times(),
                        serving(),
                        pods(),
                        machines(),
                        pools())
                .flatMap(many -> many);
    }

    private static Stream<Arguments> names() {
        return Stream.of(
                bad("cluster", ""),
                bad("cluster", "Fra"),
                bad("cluster", "fra.1"),
                bad("cluster", "-fra"),
                bad("cluster", "a".repeat(64)),
                bad("cluster", 7),
                bad("nodeName", ""),
                bad("nodeName", "Worker"),
                bad("nodeName", "worker_7"),
                bad("nodeName", "worker-"),
                bad("nodeName", ".worker"),
                bad("nodeName", "a..b"),
                bad("nodeName", "worker\n"),
                bad("nodeName", "wörker"),
                bad("nodeName", "../etc"),
                bad("nodeName", "a".repeat(64)),
                bad("nodeName", "a.".repeat(126) + "aa"),
                bad("nodeName", "a.".repeat(50_000) + "a"),
                bad("nodeName", List.of("worker")));
    }

    private static Stream<Arguments> pools() {
        return Stream.of(
                bad("pool", ""),
                bad("pool", "-batch"),
                bad("pool", "batch."),
                bad("pool", "two words"),
                bad("pool", "batch\n"),
                bad("pool", "a' OR 'a' = 'a"),
                bad("pool", "p".repeat(64)),
                bad("pool", 7));
    }

    private static Stream<Arguments> enrollments() {
        return Stream.of(
                bad("enrollment", "0".repeat(63)),
                bad("enrollment", "0".repeat(65)),
                bad("enrollment", "A".repeat(64)),
                bad("enrollment", "g".repeat(64)),
                bad("enrollment", "my one-time secret"));
    }

    private static Stream<Arguments> addresses() {
        return Stream.of(
                bad("addresses", "192.0.2.1"),
                bad("addresses", List.of("192.0.2")),
                bad("addresses", List.of("192.0.2.256")),
                bad("addresses", List.of("192.0.2.1\n")),
                bad("addresses", List.of("192.0.2.1:443")),
                bad("addresses", List.of("fe80::1%eth0")),
                bad("addresses", List.of("host.example")),
                bad("addresses", List.of("192.0.2.1", "192.0.2.1")),
                bad("addresses", Collections.nCopies(9, "192.0.2.1")));
    }

    private static Stream<Arguments> labels() {
        return Stream.of(
                bad("labels", List.of()),
                bad("labels", Map.of("", "x")),
                bad("labels", Map.of("-pool", "x")),
                bad("labels", Map.of("a/b/c", "x")),
                bad("labels", Map.of("Fleet.example/pool", "x")),
                bad("labels", Map.of("a".repeat(64), "x")),
                bad("labels", Map.of("a.".repeat(127) + "a/pool", "x")),
                bad("labels", Map.of("pool", "not this")),
                bad("labels", Map.of("pool", "x".repeat(64))),
                bad("labels", Map.of("pool", 1)),
                bad(
                        "labels",
                        Stream.iterate(0, i -> i + 1).limit(65).collect(Collectors.toMap(i -> "l" + i, i -> "x"))));
    }

    private static Stream<Arguments> taints() {
        return Stream.of(
                bad("taints", List.of(Map.of("key", "k"))),
                bad("taints", List.of(Map.of("effect", "NoSchedule"))),
                bad("taints", List.of(Map.of("key", "k", "effect", "noschedule"))),
                bad("taints", List.of(Map.of("key", "k k", "effect", "NoSchedule"))),
                bad("taints", List.of(Map.of("key", "k", "effect", "NoSchedule", "value", "a b"))),
                bad("taints", List.of(Map.of("key", "k", "effect", "NoSchedule", "timeAdded", "now"))));
    }

    private static Stream<Arguments> provider() {
        return Stream.of(
                bad("providerId", ""),
                bad("providerId", "i-0a1b2c3d"),
                bad("providerId", "fleet:///a b"),
                bad("providerId", "fleet:///a\n--anonymous-auth=true"),
                bad("providerId", "fleet:///a\n"),
                bad("providerId", "fleet:///" + "a".repeat(504)));
    }

    private static Stream<Arguments> profile() {
        return Stream.of(bad("hostProfile", "Containerd"), bad("hostProfile", "cri-o"), bad("hostProfile", true));
    }

    private static Stream<Arguments> gates() {
        return Stream.of(
                bad("readyGates", List.of("")),
                bad("readyGates", List.of("not this")),
                bad("readyGates", List.of("A", "A")),
                bad("readyGates", List.of("DaemonSet/kube-proxy")),
                bad("readyGates", List.of("DaemonSet/Kube/kube-proxy")),
                bad("readyGates", List.of("DaemonSet/" + "a".repeat(64) + "/b")),
                bad("readyGates", List.of("DaemonSet/a/b/c")),
                bad("readyGates", Collections.nCopies(17, "A")));
    }

    private static Stream<Arguments> times() {
        return Stream.of(
                bad("deadline", "tomorrow"),
                bad("deadline", "2026-11-25"),
                bad("deadline", "2026-11-25T10:15:30"),
                bad("deadline", "2026-13-25T10:15:30Z"),
                bad("deadline", 1_795_000_000));
    }

    private static Stream<Arguments> serving() {
        return Stream.of(bad("servingCertificate", "true"), bad("servingCertificate", 1), bad("rejoin", "yes"));
    }

    private static Stream<Arguments> pods() {
        return Stream.of(
                bad("podCidr", "10.244.3.0"),
                bad("podCidr", "10.244.3.0/"),
                bad("podCidr", "10.244.3.0/24 "),
                bad("podCidr", "pods/24"),
                bad("podCidr", List.of("10.244.3.0/24")),
                bad("podCidr", 24));
    }

    private static Stream<Arguments> machines() {
        return Stream.of(
                bad("machine", Map.of()),
                bad("machine", Map.of("serial", "1")),
                bad("machine", Map.of("endorsementKey", "8a".repeat(32))),
                bad("machine", Map.of("endorsementKey", "sha256:" + "8A".repeat(32))),
                bad("machine", Map.of("endorsementKey", "sha256:" + "8a".repeat(31))),
                bad("machine", Map.of("systemUuid", "4c4c4544004235108051b4c04f4d3132")),
                bad("machine", Map.of("systemUuid", "4c4c4544-0042-3510-8051-b4c04f4d3132\n")));
    }

    static Stream<Arguments> addressesThatNoKubeletServes() {
        return Stream.of(
                Arguments.of(List.of()),
                Arguments.of(List.of("192.0.2.17", "192.0.2.18")),
                Arguments.of(List.of("2001:db8::17", "2001:db8::18")),
                Arguments.of(List.of("192.0.2.17", "2001:db8::17", "192.0.2.18")));
    }

    @ParameterizedTest
    @MethodSource("addressesThatNoKubeletServes")
    void shouldRefuseAServingCertificateForAddressesThatNoKubeletServes(List<String> addresses)
            throws JsonProcessingException {
        // given
        ObjectNode request = golden(LifecycleEventType.JOIN_REQUESTED);
        request.set("addresses", GoldenFiles.MAPPER.valueToTree(addresses));

        // when
        List<Error> asked = SchemaValidator.validate(LifecycleEventType.JOIN_REQUESTED, request.toString());
        List<Error> notAsked = SchemaValidator.validate(
                LifecycleEventType.JOIN_REQUESTED,
                request.put("servingCertificate", false).toString());

        // then
        assertThat(asked)
                .isNotEmpty()
                .allSatisfy(error ->
                        assertThat(error.getInstanceLocation().toString()).isEqualTo("/addresses"));
        assertThat(notAsked).isEmpty();
    }

    @Test
    void shouldReportThatAServingCertificateNeedsAddresses() throws JsonProcessingException {
        // given
        ObjectNode request = golden(LifecycleEventType.JOIN_REQUESTED);
        request.remove("addresses");

        // when
        List<Error> errors = SchemaValidator.validate(LifecycleEventType.JOIN_REQUESTED, request.toString());

        // then
        assertThat(errors)
                .singleElement()
                .satisfies(error -> assertThat(error.getProperty()).isEqualTo("addresses"));
    }

    private static Arguments bad(String member, Object value) {
        return Arguments.of(member, GoldenFiles.MAPPER.valueToTree(value));
    }

    @ParameterizedTest
    @MethodSource("badMembers")
    void shouldRejectAnInvalidMemberAndReportIt(String member, JsonNode value) throws JsonProcessingException {
        // given
        ObjectNode request = golden(LifecycleEventType.JOIN_REQUESTED);
        request.set(member, value);

        // when
        List<Error> errors = SchemaValidator.validate(LifecycleEventType.JOIN_REQUESTED, request.toString());

        // then
        assertThat(errors)
                .isNotEmpty()
                .allSatisfy(error ->
                        assertThat(error.getInstanceLocation().toString()).startsWith("/" + member));
    }

    @ParameterizedTest
    @EnumSource(LifecycleEventType.class)
    void shouldRefuseAMemberThatTheTypeDoesNotHave(LifecycleEventType type) throws JsonProcessingException {
        // given
        ObjectNode data = golden(type);
        data.put("script", "reboot");

        // when
        List<Error> errors = SchemaValidator.validate(type, data.toString());

        // then
        assertThat(errors)
                .singleElement()
                .satisfies(error -> assertThat(error.getProperty()).isEqualTo("script"));
    }

    @ParameterizedTest
    @EnumSource(LifecycleEventType.class)
    void shouldReportTheMissingRequiredMember(LifecycleEventType type) throws JsonProcessingException {
        for (JsonNode required :
                GoldenFiles.MAPPER.readTree(GoldenFiles.readSchema(type)).path("required")) {
            // given
            ObjectNode data = golden(type);
            data.remove(required.asText());

            // when
            List<Error> errors = SchemaValidator.validate(type, data.toString());

            // then
            assertThat(errors)
                    .singleElement()
                    .satisfies(error -> assertThat(error.getProperty()).isEqualTo(required.asText()));
        }
    }

    @ParameterizedTest
    @EnumSource(LifecycleEventType.class)
    void shouldRefuseDataThatIsNoObject(LifecycleEventType type) {
        for (String data : List.of("null", "[]", "\"join\"", "7", "true")) {
            assertThat(SchemaValidator.validate(type, data)).as(data).isNotEmpty();
        }
    }

    @Test
    void shouldAcceptNamesOfMaximumLength() throws JsonProcessingException {
        // given
        ObjectNode request = golden(LifecycleEventType.JOIN_REQUESTED);
        request.put("cluster", "a".repeat(63));
        request.put("nodeName", "a.".repeat(126) + "a");
        request.putObject("labels").put("a.".repeat(126) + "a/" + "p".repeat(63), "v".repeat(63));

        // when
        List<Error> errors = SchemaValidator.validate(LifecycleEventType.JOIN_REQUESTED, request.toString());

        // then
        assertThat(errors).isEmpty();
    }

    private static ObjectNode golden(LifecycleEventType type) throws JsonProcessingException {
        return (ObjectNode) GoldenFiles.MAPPER.readTree(GoldenFiles.readEvent(type));
    }
}
