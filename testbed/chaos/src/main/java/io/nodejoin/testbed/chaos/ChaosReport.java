package io.nodejoin.testbed.chaos;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Findings for people and for programs. */
final class ChaosReport {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ChaosReport() {}

    static String text(Findings findings) {
        StringBuilder text = new StringBuilder(findings.experiment())
                .append(findings.failures().isEmpty() ? ": every promise held" : ": BROKEN")
                .append('\n');
        findings.figures()
                .forEach((name, value) -> text.append("  ")
                        .append(name)
                        .append(' ')
                        .append(round(value))
                        .append('\n'));
        findings.failures()
                .forEach(failure -> text.append("  ! ").append(failure).append('\n'));
        return text.toString();
    }

    private static String round(Number figure) {
        return figure instanceof Double number ? String.format(Locale.ROOT, "%.2f", number) : figure.toString();
    }

    static String json(Scale scale, List<Findings> findings) {
        ObjectNode root = JSON.createObjectNode().put("seed", scale.seed()).put("long", scale.full());
        ArrayNode all = root.putArray("experiments");
        findings.forEach(found -> {
            ObjectNode one = all.addObject().put("name", found.experiment());
            ObjectNode figures = one.putObject("figures");
            found.figures().forEach((name, value) -> figures.put(name, value.doubleValue()));
            ArrayNode failures = one.putArray("failures");
            found.failures().forEach(failures::add);
        });
        return root.toPrettyString() + "\n";
    }
}
