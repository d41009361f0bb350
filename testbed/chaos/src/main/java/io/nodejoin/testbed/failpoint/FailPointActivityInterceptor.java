package io.nodejoin.testbed.failpoint;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.testbed.failpoint.FailPointTrigger.FailureFactory;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Fail points before and after the effect of an activity. */
final class FailPointActivityInterceptor extends ActivityInboundCallsInterceptorBase {
    private static final FailureFactory FAILURES = new FailureFactory() {
        @Override
        public ApplicationFailure responseLost() {
            return failure(FailureType.UNAVAILABLE, "a fail point has lost the answer");
        }

        @Override
        public ApplicationFailure rejected() {
            return failure(FailureType.FAILED_PRECONDITION, "a fail point refuses for good");
        }

        private static ApplicationFailure failure(FailureType type, String detail) {
            return Failures.of(type, new Problem(ErrorCode.INTERNAL, detail));
        }
    };

    private final FailPointTrigger trigger;
    private @Nullable ActivityInfo info;

    FailPointActivityInterceptor(FailPointTrigger trigger, ActivityInboundCallsInterceptor next) {
        super(next);
        this.trigger = trigger;
    }

    @Override
    public void init(ActivityExecutionContext context) {
        info = context.getInfo();
        super.init(context);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
        String asked = Arrays.toString(input.getArguments());
        onReached(FailPosition.BEFORE, asked);
        ActivityOutput output = super.execute(input);
        onReached(FailPosition.AFTER, asked);
        return output;
    }

    private void onReached(FailPosition position, String asked) {
        ActivityInfo activity = Objects.requireNonNull(info, "an activity is initialised before it runs");
        String workflow = Objects.requireNonNullElse(activity.getWorkflowId(), "");
        trigger.onReached(activity.getActivityType(), position, workflow, asked, FAILURES);
    }
}
