package io.nodejoin.service.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One span for each execution of an activity, below that of its run. */
final class TracedActivity extends ActivityInboundCallsInterceptorBase {
    private final Tracer tracer;
    private @Nullable ActivityInfo info;

    TracedActivity(ActivityInboundCallsInterceptor next, Tracer tracer) {
        super(next);
        this.tracer = tracer;
    }

    @Override
    public void init(ActivityExecutionContext context) {
        info = context.getInfo();
        super.init(context);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
        ActivityInfo activity = Objects.requireNonNull(info, "an activity is initialised before it runs");
        return RunTrace.of(input.getHeader(), activity.getWorkflowRunId())
                .map(trace -> traced(trace, activity, input))
                .orElseGet(() -> super.execute(input));
    }

    private ActivityOutput traced(RunTrace trace, ActivityInfo activity, ActivityInput input) {
        Span span = tracer.spanBuilder(activity.getActivityType())
                .setParent(trace.run())
                .setAttribute(SpanAttributes.ATTEMPT, activity.getAttempt())
                .startSpan();
        try (Scope _ = span.makeCurrent()) {
            return super.execute(input);
        } catch (RuntimeException e) {
            span.setStatus(StatusCode.ERROR, kind(e));
            throw e;
        } finally {
            span.end();
        }
    }

    /** Messages may tell more than a trace should. */
    private static String kind(RuntimeException e) {
        return e instanceof ApplicationFailure failure
                ? failure.getType()
                : e.getClass().getSimpleName();
    }
}
