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

/** Attributes of `torch.nn.Module`, without those that begin with an underscore. */
export const moduleAttributes: ReadonlySet<string> = words(`
  T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
  extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia
  hpu named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer
  register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
  register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
  register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory
  state_dict to to_empty train training type xpu zero_grad
`);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
