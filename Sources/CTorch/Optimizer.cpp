// The AdamW step of Loshchilov and Hutter (2019), in libtorch's fused form.
#include "Handle.h"

using namespace ctorch;

bool ctorch_adamw_step(
    CTorchTensorList parameters, CTorchTensorList masters, CTorchTensorList firstMoments,
    CTorchTensorList secondMoments, int64_t count, double step, CTorchAdamW options) {
  return guarded(false, [&] {
    at::NoGradGuard noGradients;
    std::vector<at::Tensor> targets, gradients, first, second, steps, roundedInto, roundedFrom;
    for (int64_t i = 0; i < count; i++) {
      const auto &parameter = get(parameters[i]);
      const auto &master = get(masters[i]);
      auto gradient = parameter.grad();
      if (!gradient.defined()) continue;
      if (!parameter.is_same(master)) {
        gradient = gradient.to(master.scalar_type());
        roundedInto.push_back(parameter);
        roundedFrom.push_back(master);
      }
      targets.push_back(master);
      gradients.push_back(gradient);
      first.push_back(get(firstMoments[i]));
      second.push_back(get(secondMoments[i]));
    }
    if (targets.empty()) return true;
    auto stepTensor = at::full({}, step, targets[0].options().dtype(at::kFloat));
    steps.assign(targets.size(), stepTensor);
    at::_fused_adamw_(
        targets, gradients, first, second, {}, steps, options.learningRate, options.beta1,
        options.beta2, options.weightDecay, options.epsilon, false, false);
    // The fused step doesn't say that it changed them, and what was made of a weight is kept while it says nothing.
    for (const auto &target : targets) target.unsafeGetTensorImpl()->bump_version();
    for (size_t i = 0; i < roundedInto.size(); i++) roundedInto[i].copy_(roundedFrom[i]);
    return true;
  });
}
