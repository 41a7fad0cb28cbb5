export { tablesF32, tablesF32Narrow, tablesI16, tablesI16Narrow } from './tables';
export { gatherF32, gatherI16, largestMagnitudes } from './gather';
export { rowsF32, lutF32, lutF32Narrow, lutI16, lutI16Narrow, denseF32, denseF32Narrow } from './multiply';
export { finish, affine, sigmoid, addF32, rowSums, rowSquares } from './finish';
export { tablesOne, lutOne, affineRows } from './dense';
export { fixWeights, gatherPairs, dotFixed } from './fixed';
