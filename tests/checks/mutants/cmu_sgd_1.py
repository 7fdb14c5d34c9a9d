"""sgd_momentum, question 9."""


def sgd_momentum(w_rate, b_rate, mu, decay, params, param_winc, param_grad):
    params_, param_winc_ = {}, {}
    for i in params:
        gw = param_grad[i]["w"] + decay * params[i]["w"]
        gb = param_grad[i]["b"]
        param_winc_[i] = {
            "w": w_rate * gw - mu * param_winc[i]["w"],
            "b": b_rate * gb - mu * param_winc[i]["b"],
        }
        params_[i] = {
            "w": params[i]["w"] - param_winc_[i]["w"],
            "b": params[i]["b"] - param_winc_[i]["b"],
        }
    return params_, param_winc_
