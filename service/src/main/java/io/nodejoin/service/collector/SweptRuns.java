package io.nodejoin.service.collector;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workflows of joins as one sweep asks for them: once Temporal cannot be asked, it is not asked for the other joins either. */
final class SweptRuns implements JoinRuns {
    private static final Logger LOG = LoggerFactory.getLogger(SweptRuns.class);

    private final JoinRuns runs;
    private JoinFate.@Nullable Unreachable away;

    SweptRuns(JoinRuns runs) {
        this.runs = runs;
    }

    @Override
    public JoinFate fate(Remnant remnant) {
        return ask(remnant, runs::fate);
    }

    @Override
    public JoinFate glance(Remnant remnant) {
        return ask(remnant, runs::glance);
    }

    private JoinFate ask(Remnant remnant, Function<Remnant, JoinFate> question) {
        if (away != null) {
            return away;
        }
        JoinFate fate = question.apply(remnant);
        if (fate instanceof JoinFate.Unreachable unreachable) {
            LOG.info("Temporal cannot be asked ({}): all other joins count as running", unreachable.why());
            away = unreachable;
        }
        return fate;
    }
}
