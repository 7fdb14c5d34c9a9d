"""The interfaces that the courses' starter code has: names of arguments, their order, their defaults.

Written down from the courses' own pages, so that neither a renamed argument nor a changed default gets by.
"""

import inspect
from importlib import import_module
from typing import Any

import pytest

from handgrad.courses import course_names, find_course

SIGNATURES = {
    "hw5": {
        "nn_layers": (
            "nn_convolutional_layer(Wx_size, Wy_size, input_size, in_ch_size, out_ch_size, std=1.0,"
            " *, f_height, f_width)",
            "nn_convolutional_layer.forward(x)",
            "nn_convolutional_layer.backprop(x, dLdy)",
            "nn_convolutional_layer.update_weights(dW, db)",
            "nn_convolutional_layer.get_weights()",
            "nn_convolutional_layer.set_weights(W, b)",
            "nn_max_pooling_layer(stride, pool_size)",
            "nn_max_pooling_layer.forward(x)",
            "nn_max_pooling_layer.backprop(x, dLdy)",
            "nn_activation_layer()",
            "nn_activation_layer.forward(x)",
            "nn_activation_layer.backprop(x, dLdy)",
            "nn_fc_layer(input_size, output_size, std=1)",
            "nn_fc_layer.forward(x)",
            "nn_fc_layer.backprop(x, dLdy)",
            "nn_fc_layer.update_weights(dW, db)",
            "nn_fc_layer.get_weights()",
            "nn_fc_layer.set_weights(W, b)",
            "nn_softmax_layer.forward(x)",
            "nn_softmax_layer.backprop(x, dLdy)",
            "nn_cross_entropy_layer.forward(x, y)",
            "nn_cross_entropy_layer.backprop(x, y)",
        ),
        "hw5": (
            "nn_mnist_classifier(mmt_friction=0.9, lr=0.01)",
            "nn_mnist_classifier.forward(x, y, backprop_req=True)",
            "nn_mnist_classifier.backprop()",
            "nn_mnist_classifier.update_weights()",
        ),
    },
    "project3": {
        "Project3": (
            "MLP()",
            "MLP.reset_grad()",
            "MLP.forward(x)",
            "MLP.update_grad(y)",
            "MLP.update_params(learning_rate)",
            "softmax(x)",
            "sigmoid(x)",
            "CrossEntropy(y_hat, y)",
            "one_hot(labels)",
        )
    },
    "cmu10601": {
        "cnn_lenet": (
            "load_mnist(fullset=True)",
            "load_minst(fullset=True)",
            "init_convnet(layers)",
            "conv_net(params, layers, data, labels)",
            "conv_layer_forward(input, layer, param)",
            "conv_layer_backward(output, input, layer, param)",
            "pooling_layer_forward(input, layer)",
            "pooling_layer_backward(output, input, layer)",
            "relu_forward(input, layer)",
            "relu_backward(output, input, layer)",
            "elu_forward(input, layer)",
            "elu_backward(output, input, layer)",
            "inner_product_forward(input, layer, param)",
            "inner_product_backward(output, input, layer, param)",
            "inner_product_layer_backward(output, input, layer, param)",
            "im2col_conv(input_n, layer, h_out, w_out)",
            "col2im(input_n, layer, h_out, w_out)",
            "col2im_conv(col, input, layer, h_out, w_out)",
            "mlrloss(wb, X, y, K, prediction)",
            "mrloss(wb, X, y, K, prediction)",
            "get_lr(step, epsilon, gamma, power)",
            "sgd_momentum(w_rate, b_rate, mu, decay, params, param_winc, param_grad)",
            "finite_difference(output, input, h)",
        )
    },
    "thu": {
        "functions": (
            "conv2d_forward(input, W, b, kernel_size, pad)",
            "conv2d_backward(input, grad_output, W, b, kernel_size, pad)",
            "avgpool2d_forward(input, kernel_size, pad)",
            "avgpool2d_backward(input, grad_output, kernel_size, pad)",
        ),
        "layers": (
            "Layer(name, trainable=False)",
            "Relu(name)",
            "Sigmoid(name)",
            "Linear(name, in_num, out_num, init_std)",
            "Linear.forward(input)",
            "Linear.backward(grad_output)",
            "Linear.update(config)",
            "Reshape(name, new_shape)",
            "Conv2D(name, in_channel, out_channel, kernel_size, pad, init_std)",
            "Conv2D.forward(input)",
            "Conv2D.backward(grad_output)",
            "Conv2D.update(config)",
            "AvgPool2D(name, kernel_size, pad)",
        ),
        "loss": (
            "EuclideanLoss(name)",
            "EuclideanLoss.forward(input, target)",
            "EuclideanLoss.backward(input, target)",
            "SoftmaxCrossEntropyLoss(name)",
            "SoftmaxCrossEntropyLoss.forward(input, target)",
            "SoftmaxCrossEntropyLoss.backward(input, target)",
        ),
        "network": (
            "Network()",
            "Network.add(layer)",
            "Network.forward(input)",
            "Network.backward(grad_output)",
            "Network.update(config)",
        ),
        "solve_net": (
            "data_iterator(x, y, batch_size, shuffle=True)",
            "train_net(model, loss, config, inputs, labels, batch_size, disp_freq)",
            "test_net(model, loss, inputs, labels, batch_size)",
        ),
        "load_data": ("load_mnist_4d(data_dir)",),
        "utils": (
            "LOG_INFO(msg)",
            "onehot_encoding(label, max_num_class)",
            "calculate_acc(output, label)",
        ),
    },
    "cs5242": {
        "layers": (
            "Layer(name)",
            "Layer.set_mode(training)",
            "Layer.set_trainable(trainable)",
            "Layer.get_params(prefix)",
            "Layer.update(params)",
            "Convolution(conv_params, initializer=..., name='conv')",
            "Convolution.forward(inputs)",
            "Convolution.backward(in_grads, inputs)",
            "Pooling(pool_params, name='pooling')",
            "FCLayer(in_features, out_features, name='fclayer', initializer=...)",
            "ReLU(name='relu')",
            "Flatten(name='flatten')",
            "Dropout(ratio, name='dropout', seed=None)",
        ),
        "loss": (
            "SoftmaxCrossEntropy(num_class)",
            "SoftmaxCrossEntropy.forward(inputs, targets)",
            "SoftmaxCrossEntropy.backward(inputs, targets)",
            "L2(w=0.01)",
            "L2.forward(params)",
            "L2.backward(params)",
        ),
        "optimizers": (
            "SGD(lr=0.01, momentum=0, decay=0, sheduler_func=None, scheduler_func=None)",
            "Adam(lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=None, decay=0, sheduler_func=None,"
            " scheduler_func=None)",
            "RMSprop(lr=0.001, rho=0.9, epsilon=None, decay=0, sheduler_func=None, scheduler_func=None)",
            "Adagrad(lr=0.01, epsilon=None, decay=0, sheduler_func=None, scheduler_func=None)",
            "SGD.update(params, grads, iteration)",
        ),
        "initializers": (
            "Guassian(mean=0, std=0.1)",
            "Gaussian(mean=0, std=0.1)",
            "Uniform(a, b)",
            "Xavier(fan_in, fan_out)",
            "MSRA(fan_in)",
            "Guassian.initialize(size)",
        ),
        "models": (
            "Model()",
            "Model.add(layer)",
            "Model.compile(optimizer, loss, regularization=None)",
            "Model.train(dataset, train_batch=32, val_batch=1000, test_batch=1000, epochs=5,"
            " val_intervals=100, test_intervals=500, print_intervals=100)",
            "Model.test(dataset, test_batch)",
            "Model.val(dataset, val_batch)",
            "Model.save(path)",
            "Model.load(path)",
        ),
        "applications": ("MNISTNet()",),
        "utils.tools": ("rel_error(x, y)",),
        "utils.check_grads": ("check_grads_layer(layer, inputs, in_grads)",),
        "utils.datasets": (
            "MNIST()",
            "MNIST.load()",
            "MNIST.train_loader(batch, shuffle=True)",
            "MNIST.val_loader(batch)",
            "MNIST.test_loader(batch)",
        ),
    },
}
HOMES = {
    "nn_layers": "hw5.nn_layers",
    "hw5": "hw5",
    "Project3": "project3",
    "cnn_lenet": "cmu10601.cnn_lenet",
}
CASES = [
    pytest.param(HOMES.get(module, f"{course}.{module}"), text, id=f"{course}-{text.partition('(')[0]}")
    for course, modules in SIGNATURES.items()
    for module, texts in modules.items()
    for text in texts
]


def told(text: str) -> tuple[str, dict[str, Any]]:
    """A dotted name, and its arguments with their defaults, ... standing for any."""
    name, _, arguments = text.partition("(")
    found = eval(f"lambda {arguments.removesuffix(')')}: 0")
    return name, {each.name: each.default for each in inspect.signature(found).parameters.values()}


@pytest.mark.parametrize(("module", "text"), CASES)
def test_arguments_and_defaults_are_the_courses(module: str, text: str) -> None:
    name, expected = told(text)
    place: Any = import_module(f"handgrad.courses.{module}")
    for part in name.split("."):
        place = getattr(place, part)
    found = {each.name: each.default for each in inspect.signature(place).parameters.values()}
    found.pop("self", None)
    assert list(found)[: len(expected)] == list(expected)
    assert inspect.Parameter.empty not in list(found.values())[len(expected) :]  # more is left out by scripts
    for argument, default in expected.items():
        if default is ...:
            assert found[argument] is not inspect.Parameter.empty
        elif default is not inspect.Parameter.empty:
            assert found[argument] == default, argument


def test_every_module_of_every_course_is_written_down() -> None:
    assert list(SIGNATURES) == course_names()
    for course, modules in SIGNATURES.items():
        assert {module.partition(".")[0] for module in modules} == set(find_course(course).modules)
