package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.Access;
import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.activities.kubernetes.clusterinfo.Ruling;
import java.util.List;
import java.util.stream.Stream;

/** The service's account may do nothing that would make its credential worth more than joins. */
record AccountLimits(Authorizer authorizer, Bindings bindings) implements Check {
    @Override
    public String name() {
        return "account's limits";
    }

    @Override
    public Finding examine() {
        List<Access> limits = Account.limits();
        List<String> excess = limits.stream()
                .flatMap(access -> Stream.of(authorizer.ask(Account.IDENTITY, access))
                        .filter(Ruling::allowed)
                        .map(ruling -> access.text() + " (by " + ruling.because() + ")"))
                .toList();
        return excess.isEmpty()
                ? new Finding.Passed("none of " + limits.size() + " that it must not have")
                : Finding.failed(
                        "the service's account may " + String.join(", ", excess),
                        "whoever steals the service's credential may do that too",
                        remedy());
    }

    private String remedy() {
        List<String> commands = bindings.withoutAccount();
        return commands.isEmpty()
                ? "take the right from the named role, or look at --authorization-mode of kube-apiserver"
                : String.join(" && ", commands);
    }
}
