//! Any network of sigmoid layers with quadratic loss, in plain loops, behind the functions of kits/c/slope.h:
//!
//!     rustc -O -C target-cpu=native --crate-type cdylib -o mine.so examples/rust/mine.rs
//!     slope verify --plugin mine.so

use std::slice::from_raw_parts;

struct Problem {
    sizes: Vec<usize>,
    pixels: *const u8,
    labels: *const u8,
    /// Activations of one example, layer by layer, the pixels first.
    activations: Vec<Vec<f64>>,
    /// dLoss/dz of the layer at work, and of the one below it.
    deltas: [Vec<f64>; 2],
}

/// Slope opens one problem in a process, and calls from one thread.
static mut PROBLEM: Option<Problem> = None;

#[no_mangle]
pub extern "C" fn slope_precision() -> i32 {
    64
}

/// # Safety
/// As kits/c/slope.h says: `problem` is followed by as many widths as its sixth number.
#[no_mangle]
pub unsafe extern "C" fn slope_open(problem: *const i32, pixels: *const u8, labels: *const u8) -> i32 {
    let head = from_raw_parts(problem, 6);
    let [activation, loss, layers] = [head[3], head[4], head[5]];
    if activation != 0 || loss != 0 {
        return 1; // it computes sigmoid layers with quadratic loss
    }
    let sizes: Vec<usize> =
        from_raw_parts(problem.add(6), layers as usize).iter().map(|&width| width as usize).collect();
    let widest = *sizes.iter().max().unwrap();
    PROBLEM = Some(Problem {
        activations: sizes.iter().map(|&width| vec![0.0; width]).collect(),
        deltas: [vec![0.0; widest], vec![0.0; widest]],
        sizes,
        pixels,
        labels,
    });
    0
}

/// # Safety
/// `parameters` and `gradient` hold all parameters of the problem that was opened, and `rows` has `count` rows of it.
#[no_mangle]
pub unsafe extern "C" fn slope_gradient(
    parameters: *const f64,
    rows: *const u32,
    count: i32,
    gradient: *mut f64,
) -> f64 {
    let problem = match &mut *std::ptr::addr_of_mut!(PROBLEM) {
        Some(problem) => problem,
        None => return f64::NAN,
    };
    let length: usize = problem.sizes.windows(2).map(|pair| pair[1] * (pair[0] + 1)).sum();
    let parameters = from_raw_parts(parameters, length);
    let gradient = std::slice::from_raw_parts_mut(gradient, length);
    gradient.fill(0.0);
    let rows = from_raw_parts(rows, count as usize);
    let share = 1.0 / rows.len() as f64;
    let loss: f64 = rows.iter().map(|&row| problem.add(row as usize, parameters, share, gradient)).sum();
    loss * share
}

impl Problem {
    /// Adds `share` of the gradient of one example; returns its loss.
    unsafe fn add(&mut self, row: usize, parameters: &[f64], share: f64, gradient: &mut [f64]) -> f64 {
        let pixels = from_raw_parts(self.pixels.add(row * self.sizes[0]), self.sizes[0]);
        let label = *self.labels.add(row) as usize;
        for (a, &byte) in self.activations[0].iter_mut().zip(pixels) {
            *a = f64::from(byte) / 255.0;
        }
        let last = self.sizes.len() - 1;
        let mut at = 0;
        for l in 0..last {
            let (inputs, outputs) = (self.sizes[l], self.sizes[l + 1]);
            let (below, above) = self.activations.split_at_mut(l + 1);
            for (o, a) in above[0].iter_mut().enumerate() {
                let weights = &parameters[at + o * inputs..at + (o + 1) * inputs];
                let z: f64 = weights.iter().zip(&below[l]).map(|(w, a)| w * a).sum();
                *a = 1.0 / (1.0 + (-z - parameters[at + outputs * inputs + o]).exp());
            }
            at += outputs * (inputs + 1);
        }
        let mut loss = 0.0;
        let [delta, below] = &mut self.deltas;
        for (k, &a) in self.activations[last].iter().enumerate() {
            let error = a - if k == label { 1.0 } else { 0.0 };
            loss += 0.5 * error * error;
            delta[k] = error * a * (1.0 - a);
        }
        for l in (0..last).rev() {
            let (inputs, outputs) = (self.sizes[l], self.sizes[l + 1]);
            at -= outputs * (inputs + 1);
            let a = &self.activations[l];
            below[..inputs].fill(0.0);
            for o in 0..outputs {
                let scaled = share * delta[o];
                gradient[at + outputs * inputs + o] += scaled;
                for i in 0..inputs {
                    gradient[at + o * inputs + i] += scaled * a[i];
                    below[i] += delta[o] * parameters[at + o * inputs + i];
                }
            }
            for i in 0..inputs {
                below[i] *= a[i] * (1.0 - a[i]);
            }
            std::mem::swap(delta, below);
        }
        loss
    }
}
