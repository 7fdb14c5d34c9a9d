class nn_mnist_classifier:
    def forward(self, x, y, backprop_req=True):
        cv1 = self.conv_layer_1.forward(x)
        ac1 = self.act_1.forward(cv1)
        mp1 = self.maxpool_layer_1.forward(ac1)
        fc1 = self.fc1.forward(mp1)
        ac2 = self.act_2.forward(fc1)
        fc2 = self.fc2.forward(ac2)
        scores = self.sm1.forward(fc2)
        if backprop_req:
            self.kept = x, y, cv1, ac1, mp1, fc1, ac2, fc2, scores
        return scores, self.xent.forward(scores, y)

    def backprop(self):
        x, y, cv1, ac1, mp1, fc1, ac2, fc2, scores = self.kept
        d = self.sm1.backprop(fc2, self.xent.backprop(scores, y))
        d, self.dw_fc2, self.db_fc2 = self.fc2.backprop(ac2, d)
        d = self.act_2.backprop(fc1, d)
        d, self.dw_fc1, self.db_fc1 = self.fc1.backprop(mp1, d)
        d = self.act_1.backprop(cv1, self.maxpool_layer_1.backprop(ac1, d))
        _, self.dw_cv1, self.db_cv1 = self.conv_layer_1.backprop(x, d)

    def update_weights(self):
        a = self.mmt_friction
        for layer, name in ((self.fc2, "fc2"), (self.fc1, "fc1"), (self.conv_layer_1, "cv1")):
            v_w = a * getattr(self, f"v_w_{name}") + (1 - a) * getattr(self, f"dw_{name}")
            v_b = a * getattr(self, f"v_b_{name}") + (1 - a) * getattr(self, f"db_{name}")
            setattr(self, f"v_w_{name}", v_w)
            setattr(self, f"v_b_{name}", v_b)
            layer.update_weights(-self.lr * v_w, -self.lr * v_b)
