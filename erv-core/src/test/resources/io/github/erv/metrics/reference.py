"""Writes reference.json: figures of scikit-learn 1.2.1 and SciPy 1.10.1 (Debian 12's python3-sklearn).

Run: /usr/bin/python3 reference.py > reference.json
"""
import json
import numpy as np
from scipy.spatial.distance import jensenshannon
from scipy.stats import pearsonr
from sklearn import metrics

rng = np.random.default_rng(20250101)
n, classes = 200, 5
said = rng.integers(0, classes, n)
said[said == 3] = 0  # a class that nobody said
logits = rng.normal(size=(n, classes)) + 1.5 * np.eye(classes)[said]
p = np.exp(logits)
p = (p / p.sum(1, keepdims=True)).astype(np.float32).astype(float)
read = p.argmax(1)
votes = rng.multinomial(10, np.full(classes, 1 / classes), n)
x = rng.uniform(-1, 1, n)
y = np.clip(0.6 * x + 0.1 + rng.normal(0, 0.3, n), -1, 1)
positive = said == 0
scores = np.round(p[:, 0], 2)  # with ties
q = votes / votes.sum(1, keepdims=True)
ccc = 2 * np.cov(x, y, bias=True)[0, 1] / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)
print(json.dumps({
    "said": said.tolist(), "p": p.tolist(), "votes": votes.tolist(), "x": x.tolist(), "y": y.tolist(),
    "scores": scores.tolist(),
    "accuracy": metrics.accuracy_score(said, read),
    "uar": metrics.balanced_accuracy_score(said, read),
    "macroF1": metrics.f1_score(said, read, average="macro"),
    "kappa": metrics.cohen_kappa_score(said, read),
    "recall": metrics.recall_score(said, read, average=None, labels=range(classes), zero_division=0).tolist(),
    "precision": metrics.precision_score(said, read, average=None, labels=range(classes)).tolist(),
    "confusion": metrics.confusion_matrix(said, read, labels=range(classes)).tolist(),
    "top2": metrics.top_k_accuracy_score(said, p, k=2, labels=range(classes)),
    "nll": metrics.log_loss(said, p, labels=range(classes)),
    "brier": float(((p - np.eye(classes)[said]) ** 2).sum(1).mean()),
    "auc": metrics.roc_auc_score(positive, scores),
    "jensenShannon": float(np.mean([jensenshannon(a, b, base=2) for a, b in zip(q, p)])),
    "crossEntropy": float(np.mean(-(q * np.log(p)).sum(1))),
    "pearson": float(pearsonr(x, y)[0]),
    "rmse": float(np.sqrt(metrics.mean_squared_error(x, y))),
    "ccc": float(ccc),
    "signAgreement": float((np.sign(x) == np.sign(y)).mean()),
}))
