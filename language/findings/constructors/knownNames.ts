/**
 * Names that are there without a definition: Python's built-ins (of 2 and 3, since either may run the file),
 * what IPython adds, and the attributes of `torch.nn.Module` in any of its versions. A name too many costs
 * silence about one typo, a name too few a false finding; so the lists are generous.
 */

export const builtinNames: ReadonlySet<string> = words(`
  ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError
  BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
  ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception ExceptionGroup
  False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError
  ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError
  MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError
  OverflowError PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError RecursionError
  ReferenceError ResourceWarning RuntimeError RuntimeWarning StandardError StopAsyncIteration StopIteration SyntaxError
  SyntaxWarning SystemError SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError
  UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning WindowsError
  ZeroDivisionError abs aiter all anext any apply ascii basestring bin bool breakpoint buffer bytearray bytes callable
  chr classmethod cmp coerce compile complex copyright credits delattr dict dir divmod enumerate eval exec execfile exit
  file filter float format frozenset getattr globals hasattr hash help hex id input int intern isinstance issubclass
  iter len license list locals long map max memoryview min next object oct open ord pow print property quit range
  raw_input reduce reload repr reversed round set setattr slice sorted staticmethod str sum super tuple type unichr
  unicode vars xrange zip display get_ipython In Out profile reveal_type reveal_locals this
`);

/**
 * Attributes of `torch.nn.Module` and of the `Model` and `Layer` of Keras 2 and 3, without those that begin with an
 * underscore: what one of them has is said of none.
 */
export const frameworkAttributes: ReadonlySet<string> = words(`
  T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
  extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia
  hpu named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer
  register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
  register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
  register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory
  state_dict to to_empty train training type xpu zero_grad
  activity_regularizer add add_loss add_metric add_update add_variable add_weight autocast batch_input_shape build
  build_from_config built call call_signature_parameters compile compile_from_config compiled compiled_loss
  compiled_metrics compute_dtype compute_loss compute_mask compute_metrics compute_output_shape
  compute_output_signature compute_output_spec constraints container_nodes count_params distribute_reduction_method
  distribute_strategy dtype dtype_policy dynamic evaluate evaluate_generator export finalize_state fit fit_generator
  from_config get_build_config get_compile_config get_config get_input_at get_input_shape_at get_layer get_losses_for
  get_metrics_result get_output_at get_output_shape_at get_quantization_layer_structure get_state_tree get_updates_for
  get_weights history inbound_nodes input input_dtype input_mask input_names input_shape input_spec inputs jit_compile
  layers load_own_variables load_weights loss loss_weights losses make_predict_function make_test_function
  make_train_function metrics metrics_names metrics_variables model name name_scope nodes non_trainable_variables
  non_trainable_weights optimizer outbound_nodes output output_mask output_names output_shape outputs path pop predict
  predict_function predict_generator predict_on_batch predict_step quantization_mode quantize quantized_build
  quantized_call regularizers rematerialized_call reset_metrics reset_states run_eagerly sample_weight_mode
  sample_weights save save_own_variables save_spec save_weights set_state_tree set_weights state_updates stateful
  stateless_call stateless_compute_loss states steps_per_execution stop_training submodules summary supports_jit
  supports_masking symbolic_call targets test_function test_on_batch test_step to_json to_yaml total_loss
  train_function train_on_batch train_step trainable trainable_variables trainable_weights
  unrolled_steps_per_execution updates uses_learning_phase validation_data variable_dtype variables weights
  with_name_scope
`);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
