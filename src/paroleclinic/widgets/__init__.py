"""What a notebook cell may call. The only package that imports ipywidgets and anywidget."""
