package io.nodejoin.testbed.faults;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
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

/** A trap before and after what an activity does. */
final class TrappedActivity extends ActivityInboundCallsInterceptorBase {
    private static final Breakdown BREAKDOWN = new Breakdown() {
        @Override
        public ApplicationFailure lost() {
            return failure(FailureType.UNAVAILABLE, "a fail point has lost the answer");
        }

        @Override
        public ApplicationFailure refused() {
            return failure(FailureType.PRECONDITION_LOST, "a fail point refuses for good");
        }

        private static ApplicationFailure failure(FailureType type, String detail) {
            return Failures.of(type, new Problem(ErrorCode.INTERNAL, detail));
        }
    };

    private final Trap trap;
    private @Nullable ActivityInfo info;

    TrappedActivity(Trap trap, ActivityInboundCallsInterceptor next) {
        super(next);
        this.trap = trap;
    }

    @Override
    public void init(ActivityExecutionContext context) {
        info = context.getInfo();
        super.init(context);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
        String asked = Arrays.toString(input.getArguments());
        reached(Cut.BEFORE, asked);
        ActivityOutput output = super.execute(input);
        reached(Cut.AFTER, asked);
        return output;
    }

    private void reached(Cut cut, String asked) {
        ActivityInfo activity = Objects.requireNonNull(info, "an activity is initialised before it runs");
        String workflow = Objects.requireNonNullElse(activity.getWorkflowId(), "");
        trap.reached(activity.getActivityType(), cut, workflow, asked, BREAKDOWN);
    }
}
