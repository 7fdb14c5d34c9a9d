"""Parameter update for train_lenet."""


def sgd_momentum(w_rate, b_rate, mu, decay, params, param_winc, param_grad):
    params_ = {}
    param_winc_ = {}
    rate = {"w": w_rate, "b": b_rate}
    for i, layer_params in params.items():
        params_[i] = {}
        param_winc_[i] = {}
        for key in ("w", "b"):
            old = layer_params[key]
            theta = mu * param_winc[i][key] + rate[key] * (param_grad[i][key] + decay * old)
            param_winc_[i][key] = theta
            params_[i][key] = old - theta
    return params_, param_winc_
