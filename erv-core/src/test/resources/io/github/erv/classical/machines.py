"""Makes machines.json: support vector machines of scikit-learn 1.2.1 (libsvm, liblinear), NumPy 1.24.

Decisions, votes and probabilities are scikit-learn's. "coupled" solves the linear system of Wu, Lin
and Weng (2004), equation 21, which libsvm iterates towards until it is within 0.005.
Run: python3 machines.py > machines.json
"""
import json
import sys

import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

random = np.random.RandomState(4)


def rounded(a):
    """Floats that the file and Java agree on."""
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def blobs(classes, features, each):
    centres = random.normal(0, 1.2, (classes, features))
    x = np.concatenate([c + random.normal(0, 1, (each, features)) for c in centres])
    x = x * np.linspace(0.1, 30, features) + np.linspace(-5, 100, features)
    return rounded(x), np.repeat(np.arange(classes), each)


def coupled(model, decisions):
    k = len(model.classes_)
    out = []
    for row in decisions:
        r = np.zeros((k, k))
        n = 0
        for i in range(k):
            for j in range(i + 1, k):
                r[i, j] = 1 / (1 + np.exp(row[n] * model.probA_[n] + model.probB_[n]))
                r[i, j] = min(max(r[i, j], 1e-7), 1 - 1e-7)
                r[j, i] = 1 - r[i, j]
                n += 1
        q = -r.T * r
        for t in range(k):
            q[t, t] = sum(r[j, t] ** 2 for j in range(k) if j != t)
        a = np.block([[q, np.ones((k, 1))], [np.ones((1, k)), np.zeros((1, 1))]])
        out.append(np.linalg.solve(a, np.append(np.zeros(k), 1))[:k])
    return np.array(out)


def pairwise(name, kernel, classes, features, gamma=None):
    x, y = blobs(classes, features, 14)
    scaler = StandardScaler().fit(x)
    scaler.mean_ = rounded(scaler.mean_)
    scaler.scale_ = rounded(scaler.scale_)
    z = rounded(scaler.transform(x))
    model = SVC(kernel=kernel, C=0.7, gamma=gamma or "scale", probability=True, random_state=1)
    model.fit(z, y)
    test = rounded(x[:: 5] + random.normal(0, 1, x[:: 5].shape))
    zt = scaler.transform(test)
    model.decision_function_shape = "ovo"
    decisions = model.decision_function(zt).reshape(len(test), -1)
    if classes == 2:  # scikit-learn turns the sign of what it shows; libsvm's own is kept here
        decisions = -decisions
    return {
        "name": name,
        "kernel": kernel,
        "gamma": gamma or 0,
        "mean": scaler.mean_.tolist(),
        "deviation": scaler.scale_.tolist(),
        "counts": model.n_support_.tolist(),
        "supports": model.support_vectors_.ravel().tolist(),
        "dual": model._dual_coef_.ravel().tolist(),
        "intercepts": model._intercept_.tolist(),
        "slopes": model.probA_.tolist(),
        "offsets": model.probB_.tolist(),
        "inputs": test.tolist(),
        "decisions": decisions.tolist(),
        "classes": model.predict(zt).tolist(),
        "probabilities": model.predict_proba(zt).tolist(),
        "coupled": coupled(model, decisions).tolist(),
    }


def one_vs_rest():
    x, y = blobs(3, 5, 14)
    scaler = StandardScaler().fit(x)
    model = LinearSVC(C=0.3, random_state=1).fit(scaler.transform(x), y)
    test = rounded(x[::5])
    decisions = model.decision_function(scaler.transform(test))
    e = np.exp(decisions / 0.5)
    return {
        "mean": scaler.mean_.tolist(),
        "deviation": scaler.scale_.tolist(),
        "weights": model.coef_.ravel().tolist(),
        "intercepts": model.intercept_.tolist(),
        "temperature": 0.5,
        "inputs": test.tolist(),
        "decisions": decisions.tolist(),
        "classes": model.predict(scaler.transform(test)).tolist(),
        "coupled": (e / e.sum(1, keepdims=True)).tolist(),
    }


def numbers(value):
    """Eight digits are enough to tell floats apart; more would only fill the file."""
    if isinstance(value, float):
        return float("%.9g" % value)
    if isinstance(value, dict):
        return {k: numbers(v) for k, v in value.items()}
    return [numbers(v) for v in value] if isinstance(value, list) else value


json.dump(
    numbers(
        {
            "pairwise": [
                pairwise("two classes", "rbf", 2, 3, 0.2),
                pairwise("four classes", "rbf", 4, 5, 0.05),
                pairwise("linear", "linear", 3, 6),
            ],
            "oneVsRest": one_vs_rest(),
        }
    ),
    sys.stdout,
)
print()
