package io.nodejoin.service.intake;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.AddressPolicy;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LabelPolicy;
import io.nodejoin.protocol.event.PodCidrPolicy;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.protocol.event.Taint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The rules that JSON Schema cannot express. */
final class RequestRules {
    private RequestRules() {}

    /** Returns the first violation, in the order machine, addresses, labels, taints, pod CIDR. */
    static Optional<Violation> firstViolation(JoinRequested wanted) {
        return impossibleMachine(wanted)
                .or(() -> invalidAddress(wanted.addresses()))
                .or(() -> disallowedLabel(wanted.labels()))
                .or(() -> disallowedTaint(wanted.taints()))
                .or(() -> duplicateTaint(wanted.taints()))
                .or(() -> invalidPodCidr(wanted.podCidr()));
    }

    private static Optional<Violation> impossibleMachine(JoinRequested wanted) {
        RequestedMachine machine = wanted.wantedMachine();
        if (wanted.needsMachine()) {
            if (wanted.pool() == null) {
                return malformed(
                        "the request has neither an enrollment nor a pool that has a machine for it", "/enrollment");
            }
            return wanted.declaresRejoin()
                    ? malformed("/rejoin needs the enrollment of the machine that joins again", "/rejoin")
                    : Optional.empty();
        }
        boolean chooses = machine.id() != null
                || !machine.labels().isEmpty()
                || machine.minCpus() != null
                || machine.minMemoryBytes() != null;
        return chooses
                ? malformed("/machine chooses from a pool, but the enrollment is that of one machine", "/machine")
                : Optional.empty();
    }

    private static Optional<Violation> malformed(String detail, String field) {
        return Optional.of(Violation.of(ErrorCode.EVENT_MALFORMED, detail, field));
    }

    private static Optional<Violation> invalidAddress(List<String> addresses) {
        return IntStream.range(0, addresses.size())
                .boxed()
                .flatMap(i -> AddressPolicy.violation(addresses.get(i))
                        .map(rule -> Violation.of(
                                ErrorCode.EVENT_MALFORMED, "/addresses/" + i + " " + rule, "/addresses/" + i))
                        .stream())
                .findFirst();
    }

    /** Returns the first key that no label of a node may have. */
    static Optional<Violation> disallowedLabel(Map<String, String> labels) {
        return labels.keySet().stream()
                .flatMap(key -> LabelPolicy.labelViolation(key)
                        .map(rule -> notAllowed("the key of this label ", rule, Violation.pointer("/labels", key)))
                        .stream())
                .findFirst();
    }

    private static Optional<Violation> disallowedTaint(List<Taint> taints) {
        return IntStream.range(0, taints.size())
                .boxed()
                .flatMap(i -> LabelPolicy.taintViolation(taints.get(i).key())
                        .map(rule -> notAllowed("the key of this taint ", rule, "/taints/" + i + "/key"))
                        .stream())
                .findFirst();
    }

    private static Optional<Violation> invalidPodCidr(@Nullable String podCidr) {
        return Optional.ofNullable(podCidr)
                .flatMap(PodCidrPolicy::violation)
                .map(rule -> Violation.of(ErrorCode.EVENT_MALFORMED, "/podCidr " + rule, "/podCidr"));
    }

    private static Violation notAllowed(String subject, String rule, String field) {
        return Violation.of(ErrorCode.LABEL_NOT_ALLOWED, subject + rule, field);
    }

    private static Optional<Violation> duplicateTaint(List<Taint> taints) {
        Map<Map.Entry<String, Taint.Effect>, Integer> seen = new HashMap<>();
        for (int i = 0; i < taints.size(); i++) {
            Taint taint = taints.get(i);
            Integer earlier = seen.putIfAbsent(Map.entry(taint.key(), taint.effect()), i);
            if (earlier != null) {
                return Optional.of(Violation.of(
                        ErrorCode.EVENT_MALFORMED,
                        "/taints/" + i + " has the key and the effect of /taints/" + earlier,
                        "/taints/" + i));
            }
        }
        return Optional.empty();
    }
}
