"""Momentum step on copies."""

import copy


def sgd_momentum(w_rate, b_rate, mu, decay, params, param_winc, param_grad):
    params_, winc_ = copy.deepcopy(params), copy.deepcopy(param_winc)
    for i in params:
        winc_[i]["w"] *= mu
        winc_[i]["w"] += w_rate * param_grad[i]["w"]
        winc_[i]["w"] += w_rate * decay * params[i]["w"]
        winc_[i]["b"] *= mu
        winc_[i]["b"] += b_rate * param_grad[i]["b"]
        params_[i]["w"] -= winc_[i]["w"]
        params_[i]["b"] -= winc_[i]["b"]
    return params_, winc_
