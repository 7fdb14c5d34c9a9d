"""Momentum update (10-601)."""

import copy


def sgd_momentum(w_rate, b_rate, mu, decay, params, param_winc, param_grad):
    params_ = copy.deepcopy(params)
    param_winc_ = copy.deepcopy(param_winc)
    for i in params_.keys():
        param_winc_[i]["w"] = mu * param_winc[i]["w"] + (param_grad[i]["w"] + decay * params[i]["w"])
        param_winc_[i]["b"] = mu * param_winc[i]["b"] + param_grad[i]["b"]
        params_[i]["w"] = params[i]["w"] - w_rate * param_winc_[i]["w"]
        params_[i]["b"] = params[i]["b"] - b_rate * param_winc_[i]["b"]
    return params_, param_winc_
