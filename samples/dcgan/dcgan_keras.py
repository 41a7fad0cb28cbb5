"""The same DCGAN as dcgan_torch.py, in Keras.

    python dcgan_keras.py --epochs 5
"""
import argparse
import gzip

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def batch_norm():
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)


def build_generator(latents=100, width=64, channels=1):
    return keras.Sequential(
        [
            keras.Input(shape=(latents,)),
            layers.Dense(width * 4 * 4 * 4),
            layers.Reshape((4, 4, width * 4)),
            batch_norm(),
            layers.ReLU(),
            layers.Conv2DTranspose(width * 2, 4, strides=2, padding="same", use_bias=False),
            batch_norm(),
            layers.ReLU(),
            layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=False),
            batch_norm(),
            layers.ReLU(),
            layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )


def build_discriminator(channels=1, width=64):
    model = keras.Sequential(name="discriminator")
    model.add(keras.Input(shape=(32, 32, channels)))
    model.add(layers.Conv2D(width, 4, strides=2, padding="same"))
    model.add(layers.LeakyReLU(0.2))
    for scale in (2, 4):
        model.add(layers.Conv2D(width * scale, 4, strides=2, padding="same", use_bias=False))
        model.add(batch_norm())
        model.add(layers.LeakyReLU(0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    return model


def load_images(path):
    """Images of an IDX file as N x 32 x 32 x 1, between -1 and 1."""
    with gzip.open(path) as file:
        pixels = np.frombuffer(file.read(), dtype=np.uint8, offset=16)
    images = pixels.reshape(-1, 28, 28, 1).astype(np.float32)
    return np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0))) / 127.5 - 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="data/t10k-images-idx3-ubyte.gz")
    parser.add_argument("--latents", type=int, default=100, help="size of the latent vector")
    parser.add_argument("--width", type=int, default=64, help="channels of the 16x16 feature maps")
    parser.add_argument("--channels", type=int, default=1)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--lr", type=float, default=2e-4)
    opt = parser.parse_args()

    generator = build_generator(opt.latents, opt.width, opt.channels)
    discriminator = build_discriminator(opt.channels, opt.width)
    criterion = keras.losses.BinaryCrossentropy(from_logits=True)
    optimizer_g = keras.optimizers.Adam(opt.lr, beta_1=0.5)
    optimizer_d = keras.optimizers.Adam(opt.lr, beta_1=0.5)
    dataset = tf.data.Dataset.from_tensor_slices(load_images(opt.data))
    dataset = dataset.shuffle(10000).batch(opt.batch, drop_remainder=True)
    ones, zeros = tf.ones((opt.batch, 1)), tf.zeros((opt.batch, 1))

    @tf.function
    def train_step(real):
        noise = tf.random.normal((opt.batch, opt.latents))
        with tf.GradientTape() as tape_g, tf.GradientTape() as tape_d:
            fake = generator(noise, training=True)
            real_logits = discriminator(real, training=True)
            fake_logits = discriminator(fake, training=True)
            loss_d = criterion(ones, real_logits) + criterion(zeros, fake_logits)
            loss_g = criterion(ones, fake_logits)
        gradients_d = tape_d.gradient(loss_d, discriminator.trainable_variables)
        gradients_g = tape_g.gradient(loss_g, generator.trainable_variables)
        optimizer_d.apply_gradients(zip(gradients_d, discriminator.trainable_variables))
        optimizer_g.apply_gradients(zip(gradients_g, generator.trainable_variables))
        return loss_d, loss_g

    for epoch in range(opt.epochs):
        for i, real in enumerate(dataset):
            loss_d, loss_g = train_step(real)
            if i % 50 == 0:
                print(f"epoch {epoch} batch {i}: D {float(loss_d):.3f} G {float(loss_g):.3f}")
        generator.save_weights("generator.weights.h5")


if __name__ == "__main__":
    main()
