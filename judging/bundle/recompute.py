"""重算：用公布的匿名评分和规则重新排名，并与公布的名次逐字比较。只需 Python，不需联网。

用法：python recompute.py
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("请安装 Python 3.11 或更新的版本")
sys.path.insert(0, str(HERE))

from ranking.files import main  # type: ignore[import-not-found]  # noqa: E402

sys.exit(main(HERE))
