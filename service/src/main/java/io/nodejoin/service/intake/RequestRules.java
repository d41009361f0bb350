package io.nodejoin.service.intake;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.AddressPolicy;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LabelPolicy;
import io.nodejoin.protocol.event.PodCidrPolicy;
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

    /** Returns the first violation, in the order addresses, labels, taints, pod CIDR. */
    static Optional<Violation> firstViolation(JoinRequested wanted) {
        return invalidAddress(wanted.addresses())
                .or(() -> disallowedLabel(wanted))
                .or(() -> disallowedTaint(wanted.taints()))
                .or(() -> duplicateTaint(wanted.taints()))
                .or(() -> invalidPodCidr(wanted.podCidr()));
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

    private static Optional<Violation> disallowedLabel(JoinRequested wanted) {
        return wanted.labels().keySet().stream()
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
