"""Arrays in, numbers out: what a generator learned. Knows no GAN."""

from keras_gan.evaluation.anomaly_detection import (
    AnomalyDetection,
    anomaly_detection,
)
from keras_gan.evaluation.asked_coverage import AskedCoverage, asked_coverage
from keras_gan.evaluation.class_accuracy import ClassAccuracy, class_accuracy
from keras_gan.evaluation.class_coverage import (
    ClassCoverage,
    class_coverage,
    expected_coverage,
    stacked_class_coverage,
    stacked_labels,
)
from keras_gan.evaluation.class_frechet import (
    ClassFrechetDistance,
    class_frechet_distance,
)
from keras_gan.evaluation.class_parzen import ClassParzen, class_parzen
from keras_gan.evaluation.class_score import ClassScore
from keras_gan.evaluation.classification_errors import (
    ClassificationErrors,
    classification_errors,
)
from keras_gan.evaluation.code_accuracy import CodeAccuracy, code_accuracy
from keras_gan.evaluation.completion_baselines import (
    mean_completions,
    neighbor_completions,
)
from keras_gan.evaluation.completion_error import CompletionError, completion_error
from keras_gan.evaluation.density_coverage import DensityCoverage, density_coverage
from keras_gan.evaluation.different_bins import (
    DifferentBins,
    different_bins,
    proportion_z_scores,
)
from keras_gan.evaluation.digit_classifier import DigitClassifier, load_digit_classifier
from keras_gan.evaluation.digit_classifier_training import (
    train_digit_classifier,
    untrained_digit_classifier,
)
from keras_gan.evaluation.efficientnet_lite0 import load_efficientnet_lite0
from keras_gan.evaluation.evaluator import Evaluator
from keras_gan.evaluation.feature_moments import FeatureMoments, moments_of
from keras_gan.evaluation.feature_networks import feature_network_of
from keras_gan.evaluation.features import Features, extract_features
from keras_gan.evaluation.frechet import (
    FrechetDistance,
    frechet_distance,
    gaussian_frechet_distance,
)
from keras_gan.evaluation.gan_train import GANTrain, gan_train
from keras_gan.evaluation.inception import load_inception
from keras_gan.evaluation.inception_score import InceptionScore, inception_score
from keras_gan.evaluation.kernel_distance import KernelDistance, kernel_distance
from keras_gan.evaluation.label_classifier import ClassifierTraining
from keras_gan.evaluation.log_mel import log_mel_statistics
from keras_gan.evaluation.measures import quantity_of
from keras_gan.evaluation.memorization import Memorization, memorization
from keras_gan.evaluation.mode_coverage import ModeCoverage, mode_coverage
from keras_gan.evaluation.parzen import ParzenWindow
from keras_gan.evaluation.parzen_bandwidth import TABLE_1_BANDWIDTHS, bandwidth_scores
from keras_gan.evaluation.parzen_points import ParzenPoints
from keras_gan.evaluation.parzen_protocol import (
    FoldedParzenEstimate,
    ParzenEstimate,
    parzen_log_likelihood,
    parzen_log_likelihood_over_folds,
)
from keras_gan.evaluation.parzen_validation import ParzenValidation, parzen_validation
from keras_gan.evaluation.picture_network import PictureNetwork
from keras_gan.evaluation.precision_recall import PrecisionRecall, precision_recall
from keras_gan.evaluation.reconstruction_error import (
    ReconstructionError,
    reconstruction_error,
)
from keras_gan.evaluation.score import DoubtfulScoreWarning, Quantity, Score
from keras_gan.evaluation.structural_diversity import (
    StructuralDiversity,
    structural_diversity,
)
from keras_gan.evaluation.table import score_table
from keras_gan.evaluation.two_sample import (
    ClassifierTwoSampleTest,
    accuracy_p_value,
    classifier_test_power,
    classifier_two_sample_test,
)

__all__ = [
    "TABLE_1_BANDWIDTHS",
    "AnomalyDetection",
    "AskedCoverage",
    "ClassAccuracy",
    "ClassCoverage",
    "ClassFrechetDistance",
    "ClassParzen",
    "ClassScore",
    "ClassificationErrors",
    "ClassifierTraining",
    "ClassifierTwoSampleTest",
    "CodeAccuracy",
    "CompletionError",
    "DensityCoverage",
    "DifferentBins",
    "DigitClassifier",
    "DoubtfulScoreWarning",
    "Evaluator",
    "FeatureMoments",
    "Features",
    "FoldedParzenEstimate",
    "FrechetDistance",
    "GANTrain",
    "InceptionScore",
    "KernelDistance",
    "Memorization",
    "ModeCoverage",
    "ParzenEstimate",
    "ParzenPoints",
    "ParzenValidation",
    "ParzenWindow",
    "PictureNetwork",
    "PrecisionRecall",
    "Quantity",
    "ReconstructionError",
    "Score",
    "StructuralDiversity",
    "accuracy_p_value",
    "anomaly_detection",
    "asked_coverage",
    "bandwidth_scores",
    "class_accuracy",
    "class_coverage",
    "class_frechet_distance",
    "class_parzen",
    "classification_errors",
    "classifier_test_power",
    "classifier_two_sample_test",
    "code_accuracy",
    "completion_error",
    "density_coverage",
    "different_bins",
    "expected_coverage",
    "extract_features",
    "feature_network_of",
    "frechet_distance",
    "gan_train",
    "gaussian_frechet_distance",
    "inception_score",
    "kernel_distance",
    "load_digit_classifier",
    "load_efficientnet_lite0",
    "load_inception",
    "log_mel_statistics",
    "mean_completions",
    "memorization",
    "mode_coverage",
    "moments_of",
    "neighbor_completions",
    "parzen_log_likelihood",
    "parzen_log_likelihood_over_folds",
    "parzen_validation",
    "precision_recall",
    "proportion_z_scores",
    "quantity_of",
    "reconstruction_error",
    "score_table",
    "stacked_class_coverage",
    "stacked_labels",
    "structural_diversity",
    "train_digit_classifier",
    "untrained_digit_classifier",
]
__dir__ = __all__.copy
