"""Draws what the camera sees: a table with a checkerboard, boxes, a colour wheel on the wall, a ball, and the arm.

What stands still is ray-cast once. What moves is drawn over a copy of it, each part within its own bounding box: some
milliseconds a frame, so that one of two cores has room for the arm's 1 kHz loop.
"""

from __future__ import annotations

import time
from typing import Callable, Optional, Tuple

import numpy as np

HEIGHT, WIDTH = 480, 848
FOCAL = 615.0
INTRINSICS = np.array([[FOCAL, 0, WIDTH / 2], [0, FOCAL, HEIGHT / 2], [0, 0, 1.0]])

_FAR_MM = 4000  # beyond, a depth camera measures nothing: 0
_EYE, _TARGET = np.array([1.2, -0.95, 0.95]), np.array([0.06, 0.06, 0.24])
_LIGHT = np.array([0.35, -0.45, 1.0]) / np.linalg.norm([0.35, -0.45, 1.0])

_JOINT_RGB = [(214, 64, 54), (224, 130, 40), (226, 190, 50), (96, 172, 76), (52, 160, 170), (62, 106, 196), (134, 84, 180)]
_LINK_RGB = (226, 228, 232)
_TOOL_RGB = (70, 74, 82)

Texture = Callable[[np.ndarray], np.ndarray]


def _look_at(eye: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Rows: the camera's x (right), y (down) and z (forward) axes in the world."""
    z = (target - eye) / np.linalg.norm(target - eye)
    x = np.cross(z, [0, 0, 1.0])
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z])


class Scene:
    def __init__(self) -> None:
        self._rotation = _look_at(_EYE, _TARGET)
        self._light = (self._rotation @ _LIGHT).astype(np.float32)
        self._u = np.arange(WIDTH, dtype=np.float32)[None, :]
        self._v = np.arange(HEIGHT, dtype=np.float32)[:, None]
        self._still_color, self._still_depth, self._is_table = self._draw_still()
        self.color = self._still_color.copy()
        self.depth = self._still_depth.copy()
        self._shadow = np.full((HEIGHT, WIDTH), 255, np.uint8)

    # ---- what stands still ------------------------------------------------------------------------------------------

    def _draw_still(self) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
        x = (self._u - WIDTH / 2) / FOCAL + 0 * self._v
        y = (self._v - HEIGHT / 2) / FOCAL + 0 * self._u
        # The camera's z is 1 on each ray: how far along a ray something is, is its depth.
        rays = np.stack([x, y, np.ones_like(x)], axis=-1).astype(np.float64) @ self._rotation
        color = np.full((HEIGHT, WIDTH, 3), 30.0)
        depth = np.full((HEIGHT, WIDTH), np.inf)

        def box(low: Tuple[float, ...], high: Tuple[float, ...], rgb: Tuple[int, int, int], texture: Optional[Texture] = None) -> None:
            with np.errstate(divide="ignore", invalid="ignore"):
                a, b = (np.array(low) - _EYE) / rays, (np.array(high) - _EYE) / rays
            enter, leave = np.minimum(a, b), np.maximum(a, b)
            axis, near = enter.argmax(-1), enter.max(-1)
            hit = (near < leave.min(-1)) & (near > 0) & (near < depth)
            points = _EYE + rays[hit] * near[hit][:, None]
            brightness = np.array([0.78, 0.6, 1.0])[axis[hit]]
            color[hit] = (np.array(rgb, float) if texture is None else texture(points)) * brightness[:, None]
            depth[hit] = near[hit]

        box((-9, -9, -0.8), (9, 9, -0.78), (92, 88, 84))
        box((-1.32, -9, -0.8), (-1.3, 9, 3), (150, 158, 166), _wall)
        box((-0.35, -0.75, -0.05), (0.8, 0.75, 0), (180, 160, 130), _table)
        box((-0.1, -0.1, 0), (0.1, 0.1, 0.03), (60, 62, 66))
        box((0.05, 0.47, 0), (0.17, 0.59, 0.12), (206, 60, 52))
        box((0.3, 0.52, 0), (0.38, 0.62, 0.2), (62, 150, 84))
        box((0.5, 0.42, 0), (0.62, 0.5, 0.08), (58, 100, 190))
        millimetres = np.where(depth * 1000 < _FAR_MM, depth * 1000, 0)
        height = _EYE[2] + rays[..., 2] * np.where(np.isfinite(depth), depth, 0)
        is_table = np.abs(height) < 0.001
        return color.clip(0, 255).astype(np.uint8), millimetres.astype(np.uint16), is_table

    # ---- what moves -------------------------------------------------------------------------------------------------

    def draw(self, frames: np.ndarray, seconds: float, number: int) -> None:
        """Fills `color` and `depth`; `frames` are those of `Arm.move_to`."""
        np.copyto(self.color, self._still_color)
        np.copyto(self.depth, self._still_depth)

        joints = frames[:7, :3, 3]
        elbow, flange, tip = joints[3], joints[6], frames[7, :3, 3]
        down = frames[7, :3, 2]
        wrist, palm = flange - 0.097 * down, flange + 0.06 * down
        aside = frames[7, :3, 1] * 0.038
        ball = np.array([0.5 + 0.14 * np.cos(1.7 * seconds), 0.1 + 0.22 * np.sin(1.7 * seconds), 0.045])

        parts = [
            (np.zeros(3), joints[0], 0.062, 0.056, _LINK_RGB),
            (joints[1], elbow, 0.052, 0.046, _LINK_RGB),
            (elbow, joints[4], 0.046, 0.04, _LINK_RGB),
            (joints[5], wrist, 0.038, 0.036, _LINK_RGB),
            (wrist, flange, 0.036, 0.034, _LINK_RGB),
            (flange, palm, 0.028, 0.024, _TOOL_RGB),
            (palm - aside, palm + aside, 0.017, 0.017, _TOOL_RGB),
            (palm + aside, tip + aside, 0.012, 0.009, _TOOL_RGB),
            (palm - aside, tip - aside, 0.012, 0.009, _TOOL_RGB),
            (ball, ball, 0.045, 0.045, (238, 96, 40)),
        ]
        balls = ((joints[1], 0.068, 1), (elbow, 0.06, 3), (joints[4], 0.05, 4), (wrist, 0.044, 5), (flange, 0.037, 6))
        parts += [(center, center, radius, radius, _JOINT_RGB[i]) for center, radius, i in balls]

        self._cast_shadows(parts)
        for a, b, radius_a, radius_b, rgb in parts:
            self._capsule(self._seen(a), self._seen(b), radius_a, radius_b, rgb)
        clock = time.strftime("%H:%M:%S", time.gmtime())
        _write(self.color, f"FRAME {number:06d}  {clock}", HEIGHT - 32, 12)

    def _seen(self, point: np.ndarray) -> np.ndarray:
        return self._rotation @ (point - _EYE)

    def _cast_shadows(self, parts: list) -> None:
        """Darkens the table below the parts. By the darkest of the shadows on a pixel: their sum would show the joints."""
        self._shadow.fill(255)
        top, bottom, left, right = HEIGHT, 0, WIDTH, 0
        for a, b, radius_a, radius_b, _ in parts:
            ends = [self._seen(p - _LIGHT * (p[2] / _LIGHT[2])) for p in (a, b)]
            area = self._area(ends[0], ends[1], radius_a, radius_b)
            if area is None:
                continue
            rows, columns, (_, distance2, _, _) = area
            dark = np.where(distance2 < 1, 150 + 60 * distance2, 255).astype(np.uint8)
            view = self._shadow[rows, columns]
            np.minimum(view, dark, out=view, where=self._is_table[rows, columns])
            top, bottom = min(top, rows.start), max(bottom, rows.stop)
            left, right = min(left, columns.start), max(right, columns.stop)
        if top < bottom and left < right:
            view = self.color[top:bottom, left:right]
            factor = self._shadow[top:bottom, left:right, None]
            view[...] = (view.astype(np.uint16) * factor) >> 8

    def _area(self, a: np.ndarray, b: np.ndarray, radius_a: float, radius_b: float) -> Optional[tuple]:
        """The pixels around a capsule; for each how far along it (0 to 1), and how far off its axis (1: at its edge)."""
        if min(a[2], b[2]) < 0.1:
            return None
        ua, va = FOCAL * a[0] / a[2] + WIDTH / 2, FOCAL * a[1] / a[2] + HEIGHT / 2
        ub, vb = FOCAL * b[0] / b[2] + WIDTH / 2, FOCAL * b[1] / b[2] + HEIGHT / 2
        ra, rb = FOCAL * radius_a / a[2], FOCAL * radius_b / b[2]
        left, right = max(0, int(min(ua - ra, ub - rb))), min(WIDTH, int(max(ua + ra, ub + rb)) + 2)
        top, bottom = max(0, int(min(va - ra, vb - rb))), min(HEIGHT, int(max(va + ra, vb + rb)) + 2)
        if left >= right or top >= bottom:
            return None
        gu, gv = self._u[:, left:right] - np.float32(ua), self._v[top:bottom] - np.float32(va)
        du, dv = np.float32(ub - ua), np.float32(vb - va)
        length2 = du * du + dv * dv
        along = np.clip((gu * du + gv * dv) / length2, 0, 1) if length2 > 0.01 else np.zeros((1, 1), np.float32)
        inverse = 1 / (np.float32(ra) + along * np.float32(rb - ra))
        off_u, off_v = (gu - along * du) * inverse, (gv - along * dv) * inverse
        return slice(top, bottom), slice(left, right), (along, off_u * off_u + off_v * off_v, off_u, off_v)

    def _capsule(
        self, a: np.ndarray, b: np.ndarray, radius_a: float, radius_b: float, rgb: Tuple[int, int, int]
    ) -> None:
        area = self._area(a, b, radius_a, radius_b)
        if area is None:
            return
        rows, columns, (along, distance2, off_u, off_v) = area
        towards = np.sqrt(np.maximum(1 - distance2, 0))  # the surface's normal, towards the camera
        z = np.float32(a[2]) + along * np.float32(b[2] - a[2])
        z = z - towards * (np.float32(radius_a) + along * np.float32(radius_b - radius_a))
        millimetres = (z * 1000).astype(np.uint16)
        depth = self.depth[rows, columns]
        hit = (distance2 < 1) & ((millimetres < depth) | (depth == 0))
        light = off_u * self._light[0] + off_v * self._light[1] - towards * self._light[2]
        shade = 0.38 + 0.62 * np.maximum(light, 0)
        np.copyto(depth, millimetres, where=hit)
        color = self.color[rows, columns]
        for channel in range(3):
            np.copyto(color[..., channel], (shade * np.float32(rgb[channel])).astype(np.uint8), where=hit)


# ---- textures -------------------------------------------------------------------------------------------------------


def _table(points: np.ndarray) -> np.ndarray:
    squares = (np.floor(points[:, 0] * 10) + np.floor(points[:, 1] * 10)) % 2
    return np.where(squares[:, None] > 0.5, np.array([202.0, 188, 160]), np.array([128.0, 108, 84]))


def _wall(points: np.ndarray) -> np.ndarray:
    """A colour wheel: red at the right, green at the upper left, blue at the lower left. Swapped channels would show."""
    y, z = points[:, 1] - 0.3, points[:, 2] - 0.34
    radius = np.hypot(y, z) / 0.38
    hue = np.arctan2(z, y)
    thirds = np.stack([hue, hue - 2 * np.pi / 3, hue + 2 * np.pi / 3], axis=-1)
    pure = np.clip(0.5 + np.cos(thirds), 0, 1)
    wheel = 255 * (1 - np.minimum(radius, 1)[:, None] * (1 - pure))
    wall = np.array([150.0, 158, 166]) * (1 + 0.05 * np.floor((points[:, 2] + 1) * 4 % 2))[:, None]
    return np.where(radius[:, None] < 1, wheel, np.where(radius[:, None] < 1.06, 40.0, wall))


# ---- text -----------------------------------------------------------------------------------------------------------

# Five rows of three pixels, an octal digit each.
_GLYPHS = {
    "0": "75557", "1": "26227", "2": "71747", "3": "71717", "4": "55711", "5": "74717", "6": "74757", "7": "71111",
    "8": "75757", "9": "75717", ":": "02020", " ": "00000", "F": "74744", "R": "65655", "A": "25755", "M": "57755",
    "E": "74747",
}  # fmt: skip
_SCALE = 4


def _write(image: np.ndarray, text: str, top: int, left: int) -> None:
    rows = [[int(bit) for char in text for bit in f"{int(_GLYPHS[char][row]):03b}0"] for row in range(5)]
    mask = np.repeat(np.repeat(np.array(rows, bool), _SCALE, axis=0), _SCALE, axis=1)
    height, width = mask.shape
    area = image[top - 6 : top + height + 6, left - 6 : left + width + 6]
    area >>= 2
    image[top : top + height, left : left + width][mask] = 245
